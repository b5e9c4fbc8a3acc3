export { PivotalApi, type PivotalOptions } from "./client.js";
export {
  ApiError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  InternalError,
  InvalidRequestError,
  InvalidResponseError,
  NotFoundError,
  PermissionDeniedError,
  PivotalError,
  RateLimitError,
  TimeoutError,
  WebhookVerificationError,
} from "./errors.js";
export type * from "./generated/errors.js";
export type * from "./generated/events.js";
export type * from "./generated/models.js";
export type * from "./generated/params.js";
export type { Resources } from "./generated/resources.js";
export type { Listing, Page } from "./listing.js";
export type { Id, RawResponse, WithRawResponse } from "./methods.js";
export type { Content, Fetch, Filters, RequestOptions } from "./transport.js";
export { type VerifyOptions, verifyWebhook, type WebhookHeaders } from "./webhooks.js";
