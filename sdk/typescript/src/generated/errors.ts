// Made by `make sdk-generate` of the API's description. Do not edit.
import type { Other } from "./models.js";

/** What an error is about: there is a class for each. */
export type ErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "permission_error"
  | "rate_limit_error"
  | "not_found"
  | "conflict"
  | "internal_error"
  | Other;

/** What exactly it is. */
export type ErrorCode =
  | Other;
