import type { ErrorCode, ErrorType } from "./generated/errors.js";
import { millisecondsAsked } from "./retry.js";

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

/** A success whose body is not what it says it is. `cause` tells more. */
export class InvalidResponseError extends PivotalError {
  override name = "InvalidResponseError";
}

/** What the body of an answer says that is no success; all null where Pivotal did not write it. */
interface Problem {
  type: ErrorType | null;
  code: ErrorCode | null;
  message: string;
  field: string | null;
}

/**
 * The server refused. Branch on the class or on `type`, refine by `code`, show `message` to people. Where something between
 * here and Pivotal answered in words of its own, `type` and `code` are null, and the class goes by the status.
 */
export class ApiError extends PivotalError {
  override name = "ApiError";
  /** The HTTP status. */
  readonly status: number;
  readonly type: ErrorType | null;
  readonly code: ErrorCode | null;
  /** The field that it is about, or null. */
  readonly field: string | null;
  /** Quote it when you ask for help. */
  readonly requestId: string | null;
  readonly headers: Headers;

  constructor(status: number, problem: Problem, headers: Headers) {
    super(problem.message);
    this.status = status;
    this.type = problem.type;
    this.code = problem.code;
    this.field = problem.field;
    this.requestId = headers.get("x-request-id");
    this.headers = headers;
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

  /** Seconds until the next request is accepted, or null where the server does not say. */
  get retryAfter(): number | null {
    const milliseconds = millisecondsAsked(this.headers);
    return milliseconds === null ? null : milliseconds / 1000;
  }
}

/** Something went wrong on the server, and still did after all retries. */
export class InternalError extends ApiError {
  override name = "InternalError";
}

const BY_TYPE: Record<string, typeof ApiError> = {
  invalid_request_error: InvalidRequestError,
  authentication_error: AuthenticationError,
  permission_error: PermissionDeniedError,
  not_found: NotFoundError,
  conflict: ConflictError,
  rate_limit_error: RateLimitError,
  internal_error: InternalError,
};

const BY_STATUS: Record<number, typeof ApiError> = {
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  429: RateLimitError,
};

/** Returns the error for an answer that is no success; `body` is what it carried, which need not be Pivotal's. */
export function apiError(status: number, body: string, headers: Headers): ApiError {
  const text = body.trim().slice(0, 200);
  const problem = problemIn(body) ?? {
    type: null,
    code: null,
    message: text === "" ? `HTTP ${status}` : `HTTP ${status}: ${text}`,
    field: null,
  };
  const Class = BY_TYPE[problem.type ?? ""] ?? BY_STATUS[status] ?? classOf(status);
  return new Class(status, problem, headers);
}

function classOf(status: number): typeof ApiError {
  if (status >= 500) return InternalError;
  return status >= 400 ? InvalidRequestError : ApiError;
}

function problemIn(body: string): Problem | null {
  let error: Partial<Record<keyof Problem, unknown>> | undefined;
  try {
    error = JSON.parse(body)?.error;
  } catch {
    return null;
  }
  if (typeof error?.message !== "string") return null;
  return { type: textIn(error.type), code: textIn(error.code), message: error.message, field: textIn(error.field) };
}

function textIn(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
