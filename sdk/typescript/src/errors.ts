import type { ErrorCode, ErrorType } from "./generated/errors.js";

/** What every error of this package is. */
export class PivotalError extends Error {
  override name = "PivotalError";
}

/** No answer came: the server could not be reached, or the connection broke off. `cause` tells more. */
export class ConnectionError extends PivotalError {
  override name = "ConnectionError";
}

/** No whole answer came within `timeout` milliseconds. */
export class TimeoutError extends ConnectionError {
  override name = "TimeoutError";
}

/** A webhook that is not from Pivotal, was changed on its way, or is too old. */
export class WebhookVerificationError extends PivotalError {
  override name = "WebhookVerificationError";
}

/** What the body of an answer says that is no success. */
export interface Problem {
  type: ErrorType;
  code: ErrorCode | null;
  message: string;
  field: string | null;
}

/**
 * The server answered that it did not work. Branch on the class or on `type`, which say the same, refine by `code`, show
 * `message` to people.
 */
export class ApiError extends PivotalError {
  override name = "ApiError";
  /** The HTTP status. */
  readonly status: number;
  readonly type: ErrorType;
  /** Null where something between here and Pivotal answered in words of its own. */
  readonly code: ErrorCode | null;
  /** The field that it is about, or null. */
  readonly field: string | null;
  /** Quote it when you ask for help. */
  readonly requestId: string | null;

  constructor(status: number, problem: Problem, requestId: string | null) {
    super(problem.message);
    this.status = status;
    this.type = problem.type;
    this.code = problem.code;
    this.field = problem.field;
    this.requestId = requestId;
  }
}

/** The request itself is at fault: `code` and `field` tell how. */
export class InvalidRequestError extends ApiError {
  override name = "InvalidRequestError";
}

/** There is no key, or none that this server accepts. */
export class AuthenticationError extends ApiError {
  override name = "AuthenticationError";
}

/** The key is good, but may not do this. */
export class PermissionDeniedError extends ApiError {
  override name = "PermissionDeniedError";
}

/** There is nothing there, or nothing that this key may see. */
export class NotFoundError extends ApiError {
  override name = "NotFoundError";
}

/** It does not go with what is there already. */
export class ConflictError extends ApiError {
  override name = "ConflictError";
}

/** The key sent more requests than it may, and still did after all retries. */
export class RateLimitError extends ApiError {
  override name = "RateLimitError";
}

/** Something went wrong on the server, and still did after all retries. */
export class InternalError extends ApiError {
  override name = "InternalError";
}

const CLASSES: Record<string, typeof ApiError> = {
  invalid_request_error: InvalidRequestError,
  authentication_error: AuthenticationError,
  permission_error: PermissionDeniedError,
  not_found: NotFoundError,
  conflict: ConflictError,
  rate_limit_error: RateLimitError,
  internal_error: InternalError,
};

const TYPES: Record<number, ErrorType> = {
  401: "authentication_error",
  403: "permission_error",
  404: "not_found",
  409: "conflict",
  429: "rate_limit_error",
};

/** Returns the error for an answer that is no success; `body` is what it carried, which need not be Pivotal's. */
export function apiError(status: number, body: string, headers: Headers): ApiError {
  const problem = problemIn(body) ?? {
    type: TYPES[status] ?? (status >= 500 ? "internal_error" : "invalid_request_error"),
    code: null,
    message: body.trim().slice(0, 500) || `The server answered ${status}.`,
    field: null,
  };
  return new (CLASSES[problem.type] ?? ApiError)(status, problem, headers.get("x-request-id"));
}

function problemIn(body: string): Problem | null {
  let error: Partial<Record<keyof Problem, unknown>> | undefined;
  try {
    error = JSON.parse(body)?.error;
  } catch {
    return null;
  }
  if (typeof error?.type !== "string" || typeof error.message !== "string") return null;
  return {
    type: error.type,
    code: typeof error.code === "string" ? error.code : null,
    message: error.message,
    field: typeof error.field === "string" ? error.field : null,
  };
}
