// Made by `make sdk-generate` of the API's description. Do not edit.
/** Any other text: a later server may know more, and a workspace may have its own. */
export type Other = string & Record<never, never>;

/** A file of a comment; its link is what `GET /attachments/{id}` answers. */
export interface AttachedFile {
  /** The attachment's id. */
  id: string;
  /** What the file is called. */
  filename: string;
  /** In bytes. */
  size: number;
  /** By the bytes themselves, whatever was sent as one. */
  content_type: string;
  /** What the virus scanner says: `pending` and `infected` files are not served; `off` without one. */
  scan: "off" | "pending" | "clean" | "infected" | Other;
}

/** An uploaded file. */
export interface Attachment {
  /** Always `attachment`. */
  object: "attachment";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** The comment that it belongs to, once there is one. */
  comment_id: string | null;
  /** What the file is called, for whoever downloads it. */
  filename: string;
  /** In bytes. */
  size: number;
  /** By the bytes themselves. */
  content_type: string;
  /** SHA-256 of its bytes, in hexadecimal. */
  sha256: string;
  /** What the virus scanner says: `pending` and `infected` files are not served; `off` without one. */
  scan: "off" | "pending" | "clean" | "infected" | Other;
  /** Who sent it. */
  uploader: CommentAuthor;
  /** Needs no API key. */
  download_url: string;
  /** Until when the link works: five minutes from this answer. */
  download_url_expires_at: string;
  /** When it was made. */
  created_at: string;
}

/** What became of an automation after a launch. */
export interface AutomationRun {
  /** Always `automation_run`. */
  object: "automation_run";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** The onboarding's cuid. */
  onboarding_id: string;
  /** Which of the automations ran. */
  automation: "launch_message" | "calendar_entry" | "launch_recap" | Other;
  /** `suppressed`: a test key launched it. `skipped`: `result` says who was missing. */
  state: "queued" | "done" | "skipped" | "suppressed" | Other;
  /** What came of it, in a sentence; `null` while it is `queued`. */
  result: string | null;
  /** The `onboarding.launched` that it follows. */
  event_id: string;
  /** When the onboarding launched. */
  launched_at: string;
  /** When it was made. */
  created_at: string;
  /** `null` while it is `queued`. */
  finished_at: string | null;
}

/** A page of runs, newest first. */
export interface AutomationRunList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: AutomationRun[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** Which of the things are on that happen when an onboarding launches. */
export interface Automations {
  /** Always `automations`. */
  object: "automations";
  /** A mail to the CSM, in the words of the message template. */
  launch_message: boolean;
  /** An entry of the launch for the CSM's calendar, by mail. */
  calendar_entry: boolean;
  /** The draft of a recap. */
  launch_recap: boolean;
  /** `null` as long as nobody has changed anything. */
  updated_at: string | null;
}

/** When people work. */
export interface CalendarResource {
  /** Always `calendar`. */
  object: "calendar";
  /** The customer that it was asked for; `null`: the workspace. */
  customer_id: string | null;
  /** The customer has none of its own: this is the workspace's. */
  inherited: boolean;
  /** IANA name, such as `Europe/Berlin`; says when a day begins. */
  time_zone: string;
  /** ISO numbers: 1 is Monday, 7 Sunday. */
  working_weekdays: number[];
  /** Whose public holidays are days off; `null` for none. */
  holidays_country: string | null;
  /** State or region of the country; `null` for the holidays of the whole country. */
  holidays_subdivision: string | null;
  /** Ascending, each once. */
  extra_days_off: string[];
  /** Ascending, each once. */
  extra_working_days: string[];
  /** `null` where nobody has set anything yet. */
  created_at: string | null;
  /** When it was last changed. */
  updated_at: string | null;
}

/** One thing the server depends on; the latency is null where there is nothing to ask. */
export interface Check {
  /** `not_configured` where the server does without. */
  status: "ok" | "failing" | "not_configured" | Other;
  /** How long it took to answer, in milliseconds; `null` where there was nothing to ask. */
  latency_ms: number | null;
}

/** Everything the server depends on. */
export interface Checks {
  /** Whether statements are answered. */
  database: Check;
  /** Whether jobs are done in time. */
  job_queue: Check;
  /** Whether the mail server answers. */
  mail: Check;
  /** Whether files can be written. */
  storage: Check;
}

/** What somebody says on an onboarding or a task. */
export interface Comment {
  /** Always `comment`. */
  object: "comment";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** The onboarding's cuid, also where it is on a task. */
  onboarding_id: string;
  /** The task that it is on; `null` if on the onboarding itself. */
  task_id: string | null;
  /** Who wrote it. */
  author: CommentAuthor;
  /** Markdown; `null` once it is deleted. */
  body: string | null;
  /** The teammates whom it mentions, each once. */
  mentions: Mention[];
  /** Its files. */
  attachments: AttachedFile[];
  /** Whether it is at the top of its onboarding. */
  pinned: boolean;
  /** Lists keep its place, and nothing of what it said. */
  deleted: boolean;
  /** When its text was last changed; `null` where it never was. */
  edited_at: string | null;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** Who wrote it: an API key, a teammate, a portal user or the product itself. */
export interface CommentAuthor {
  /** `api_key`, `person`, `portal`, `integration` or `system`. */
  type: string;
  /** Id of the API key or teammate. */
  id: string;
  /** As the timeline shows it. */
  name: string;
}

/** A page of comments, newest first. */
export interface CommentList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Comment[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A person at a customer. */
export interface Contact {
  /** Always `contact`. */
  object: "contact";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** The customer's cuid. */
  customer_id: string;
  /** The person's name. */
  name: string;
  /** Unique among the customer's contacts; stored in lower case. */
  email: string;
  /** What they do at the customer. */
  title: string | null;
  /** Their telephone number, as it was given. */
  phone: string | null;
  /** Their profile on LinkedIn, or another web address of theirs. */
  linkedin_url: string | null;
  /** Where they are, such as a city. */
  location: string | null;
  /** Whether this is the one to write to first; a customer has one such contact at most. */
  is_primary: boolean;
  /** Words of your own to tell contacts apart by, such as `billing`. */
  labels: string[];
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata: Record<string, unknown>;
  /** When the newest message to or from them was sent; `null` without one. */
  last_message_at: string | null;
  /**
   * How far that message got: `queued`, `sent`, `delivered`, `read`, `replied` or `failed`; `replied` also where it
   * came from them.
   */
  last_message_status: string | null;
  /** Whether default lists leave it out. */
  archived: boolean;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A person was added to a customer. */
export interface ContactCreatedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "contact.created";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: ContactCreatedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface ContactCreatedEventData {
  /** The contact, as the API shows it after the change. */
  object: Contact;
  /** Always `null`: there are no former values. */
  previous_attributes: null;
}

/** A contact was deleted. `data.object` is the contact as it last was; it can no longer be read. */
export interface ContactDeletedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "contact.deleted";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: ContactDeletedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface ContactDeletedEventData {
  /** The contact, as the API shows it after the change. */
  object: Contact;
  /** Always `null`: there are no former values. */
  previous_attributes: null;
}

/** All contacts of a customer: the primary one first, then the newest. */
export interface ContactList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Contact[];
}

/** A field of a contact changed. Also fires for the contact that loses its place as the primary one. */
export interface ContactUpdatedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "contact.updated";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: ContactUpdatedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface ContactUpdatedEventData {
  /** The contact, as the API shows it after the change. */
  object: Contact;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousContact;
}

/** A field that a workspace has given to its customers or onboardings. */
export interface CustomField {
  /** Always `custom_field`. */
  object: "custom_field";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** What has the field. */
  resource: "customer" | "onboarding" | Other;
  /** Its name in `custom_fields`. */
  key: string;
  /** As people see it. */
  name: string;
  /** Of the values; it never changes. */
  type: "string" | "number" | "date" | "select" | Other;
  /** What a `select` may hold; empty for every other type. */
  options: string[];
  /** Its place among the fields of its resource, from 1. */
  position: number;
  /** Shown to people beside the field. */
  description: string | null;
  /** Whether new values are no longer held to the field. */
  archived: boolean;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** All custom fields of the workspace or of one resource, in their order. */
export interface CustomFieldList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: CustomField[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A customer. */
export interface Customer {
  /** Always `customer`. */
  object: "customer";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** The company's name. */
  name: string;
  /** A short name of your own, of `a-z`, `0-9`, `_` and `-`; no two customers share one. */
  slug: string | null;
  /** The company's or shop's domain, in lower case; no two customers share one. */
  domain: string | null;
  /** `active`, `onboarding`, `at_risk`, `churned` or `low_touch`; a later version may add some. */
  status: string;
  /** What the customer pays for, as you call it. */
  plan: string | null;
  /** Monthly recurring revenue in cents. */
  mrr: number | null;
  /** Annual recurring revenue in cents. */
  arr: number | null;
  /** Orders a month. */
  monthly_orders: number | null;
  /** The customer's id in HubSpot. */
  hubspot_company_id: string | null;
  /** Id of its deal in HubSpot. */
  hubspot_deal_id: string | null;
  /** The customer's id in Stripe. */
  stripe_customer_id: string | null;
  /** The customer's id in Intercom. */
  intercom_company_id: string | null;
  /** Id of the Slack channel that you share with the customer. */
  slack_channel_id: string | null;
  /** E-mail of the teammate who owns the customer. */
  owner_email: string | null;
  /** Of 0 to 100, higher is better; `null` as long as there is none. */
  health_score: number | null;
  /** Whether `status` is `at_risk`. */
  at_risk: boolean;
  /** Whether `status` is `churned`. */
  churned: boolean;
  /** Words to find customers by; lists filter by `tag`. */
  tags: string[];
  /** Values by key; the workspace's custom fields say which there are. */
  custom_fields: Record<string, unknown>;
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata: Record<string, unknown>;
  /** Whether default lists leave it out. */
  archived: boolean;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A customer left the default lists: it was archived, or deleted without having been archived before. */
export interface CustomerArchivedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "customer.archived";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: CustomerArchivedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface CustomerArchivedEventData {
  /** The customer, as the API shows it after the change. */
  object: Customer;
  /** Former values of the fields that changed, and of no others. `null` where there are none. */
  previous_attributes: PreviousCustomer | null;
}

/** A customer was marked as at risk. Fires together with `customer.updated`. */
export interface CustomerAtRiskEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "customer.at_risk";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: CustomerAtRiskEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface CustomerAtRiskEventData {
  /** The customer, as the API shows it after the change. */
  object: Customer;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousCustomer;
}

/** A customer was marked as churned. Fires together with `customer.updated`. */
export interface CustomerChurnedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "customer.churned";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: CustomerChurnedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface CustomerChurnedEventData {
  /** The customer, as the API shows it after the change. */
  object: Customer;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousCustomer;
}

/** How many customers match. */
export interface CustomerCount {
  /** Always `count`. */
  object: "count";
  /** How many customers fit the filters. */
  count: number;
}

/** A customer was added. */
export interface CustomerCreatedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "customer.created";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: CustomerCreatedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface CustomerCreatedEventData {
  /** The customer, as the API shows it after the change. */
  object: Customer;
  /** Always `null`: there are no former values. */
  previous_attributes: null;
}

/**
 * A new calculation put a customer's health score at least 10 points below the one before it, which
 * `previous_health_score` tells.
 */
export interface CustomerHealthScoreDroppedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "customer.health_score_dropped";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: CustomerHealthScoreDroppedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface CustomerHealthScoreDroppedEventData {
  /** The customer, as the API shows it after the change. */
  object: CustomerHealthScoreDroppedEventDataObject;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousCustomer;
}

/** A customer. */
export interface CustomerHealthScoreDroppedEventDataObject extends Omit<Customer, "previous_health_score"> {
  /** The score of the calculation before. */
  previous_health_score: number;
}

/** A page of customers, newest first. */
export interface CustomerList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Customer[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** The customer that a lead becomes: what create-customer takes, all of it optional. */
export interface CustomerOfLead {
  /** The lead's company unless it is sent, or else the lead's name. */
  name?: string | undefined;
  /** A short name of your own, of `a-z`, `0-9`, `_` and `-`; no two customers share one. */
  slug?: string | null | undefined;
  /** The company's or shop's domain, in lower case; no two customers share one. */
  domain?: string | null | undefined;
  /** `onboarding` unless it is sent, `active` where no onboarding is started. */
  status?: "active" | "onboarding" | "at_risk" | "churned" | "low_touch" | Other | undefined;
  /** What the customer pays for, as you call it. */
  plan?: string | null | undefined;
  /** Monthly recurring revenue in cents. */
  mrr?: number | null | undefined;
  /** Annual recurring revenue in cents. */
  arr?: number | null | undefined;
  /** Orders a month. */
  monthly_orders?: number | null | undefined;
  /** The customer's id in HubSpot. */
  hubspot_company_id?: string | null | undefined;
  /** Id of its deal in HubSpot. */
  hubspot_deal_id?: string | null | undefined;
  /** The customer's id in Stripe. */
  stripe_customer_id?: string | null | undefined;
  /** The customer's id in Intercom. */
  intercom_company_id?: string | null | undefined;
  /** Id of the Slack channel that you share with the customer. */
  slack_channel_id?: string | null | undefined;
  /** E-mail of a teammate in this workspace. */
  owner_email?: string | null | undefined;
  /** Words to find customers by; lists filter by `tag`. */
  tags?: string[] | undefined;
  /**
   * Values by key, up to 16 KiB, replaced as a whole. Where the workspace has a custom field with the key the value has
   * to fit it; others are kept as sent.
   */
  custom_fields?: Record<string, unknown> | null | undefined;
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata?: Record<string, unknown> | null | undefined;
}

/** A field of a customer changed, its status and flags included. */
export interface CustomerUpdatedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "customer.updated";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: CustomerUpdatedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface CustomerUpdatedEventData {
  /** The customer, as the API shows it after the change. */
  object: Customer;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousCustomer;
}

/** The process and everything it depends on, as of the timestamp. */
export interface DeepHealth {
  /** `failing` without the database, `degraded` where something else fails. */
  status: "ok" | "degraded" | "failing" | Other;
  /** When it was found out. */
  timestamp: string;
  /** What the server depends on, each for itself. */
  checks: Checks;
}

/** Answer of every DELETE, the first and any later one (documentation: Introduction, soft deletes). */
export interface Deleted {
  /** Always `deleted`. */
  object: "deleted";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** It is gone, by this request or an earlier one. */
  deleted: boolean;
}

/** Answer of every DELETE of an endpoint, the first and any later one. */
export interface DeletedWebhookEndpoint {
  /** Always `deleted`. */
  object: "deleted";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** It is gone, by this request or an earlier one. */
  deleted: boolean;
}

/** An event on its way to an endpoint. Its id is what the header `svix-id` says, at every attempt. */
export interface Delivery {
  /** Always `delivery`. */
  object: "delivery";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** The endpoint that it goes to. */
  endpoint_id: string;
  /** The event that it carries. */
  event_id: string;
  /** The event's type. */
  event_type: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** `pending` until an attempt succeeds or the last one fails. */
  status: "pending" | "delivered" | "failed" | Other;
  /** It is being sent right now. */
  in_flight: boolean;
  /** Attempts so far, those before a replay included. */
  attempt_count: number;
  /** When it is due; `null` where it is not. */
  next_attempt_at: string | null;
  /** When it was last tried; `null` where it never was. */
  last_attempt_at: string | null;
  /** `null` where no answer came. */
  last_status_code: number | null;
  /** When the event happened. */
  created_at: string;
}

/** One request of a delivery, and what came of it. */
export interface DeliveryAttempt {
  /** Always `delivery_attempt`. */
  object: "delivery_attempt";
  /** Counts from 1 and goes on through replays. */
  number: number;
  /** When it was made. */
  created_at: string;
  /** Whether the answer was a 2xx in time. */
  outcome: "succeeded" | "failed" | Other;
  /** The answer's; `null` where none came. */
  status_code: number | null;
  /** From the first byte sent to the last one read, in milliseconds. */
  latency_ms: number;
  /** Why there is no answer, or not a whole one; `null` where there is one. */
  error: DeliveryError | null;
  /** What was sent. */
  request: DeliveryRequest;
  /** What came back; `null` where nothing did. */
  response: DeliveryResponse | null;
}

/** Why an attempt has no answer, or not a whole one. */
export interface DeliveryError {
  /** `blocked`, `dns`, `connect`, `tls`, `timeout`, `protocol`, `reset`, `gone`, `mode`, `internal` */
  kind: string;
  /** The same in words. */
  message: string;
}

/** A page of deliveries, newest events first. */
export interface DeliveryList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Delivery[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** What was sent, beside the event. */
export interface DeliveryRequest {
  /** Where it was posted to. */
  url: string;
  /** The headers that it was sent with, the signature included. */
  headers: Record<string, string>;
}

/** What came back. */
export interface DeliveryResponse {
  /** The headers of the answer. */
  headers: Record<string, string>;
  /** The first 16 KiB. */
  body: string;
  /** There was more of it. */
  truncated: boolean;
}

/** A delivery with what it carries and what was tried. */
export interface DeliveryWithAttempts {
  /** Always `delivery`. */
  object: "delivery";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** The endpoint that it goes to. */
  endpoint_id: string;
  /** The event that it carries. */
  event_id: string;
  /** The event's type. */
  event_type: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** `pending` until an attempt succeeds or the last one fails. */
  status: "pending" | "delivered" | "failed" | Other;
  /** It is being sent right now. */
  in_flight: boolean;
  /** Attempts so far, those before a replay included. */
  attempt_count: number;
  /** When it is due; `null` where it is not. */
  next_attempt_at: string | null;
  /** When it was last tried; `null` where it never was. */
  last_attempt_at: string | null;
  /** `null` where no answer came. */
  last_status_code: number | null;
  /** When the event happened. */
  created_at: string;
  /** The last hundred, newest last. */
  attempts: DeliveryAttempt[];
  /** The event; `null` where it is no longer kept. */
  payload: Event | null;
}

/** A task that has to be finished before. */
export interface Dependency {
  /** The task's cuid. */
  task_id: string;
  /** Working days that have to lie in between. */
  lag_days: number;
}

/** A task that has to be finished before. */
export interface DependencyIn {
  /** Cuid or display_id of a task of the same onboarding. */
  task_id: string;
  /** Working days that have to lie in between. */
  lag_days?: number | undefined;
}

/** The rule by which a task is due. */
export interface Due {
  /** What it counts from: nothing (`fixed`), the onboarding's start, its phase, launch, or a task. */
  type: "fixed" | "start" | "phase" | "launch" | "task" | Other;
  /** Of the type `fixed`: the day, as its midnight. */
  date: string | null;
  /** Of all others: working days after the anchor, or before it. */
  days: number | null;
  /** Of the type `task`: the cuid of the task that it counts from. */
  task_id: string | null;
}

/** What decided a task's dates: its rule, or something that it depends on. */
export interface DueReason {
  /** The type of its rule, or `dependency`. */
  kind: "fixed" | "start" | "phase" | "launch" | "task" | "dependency" | Other;
  /** The task that decided, of the kinds `task` and `dependency`. */
  task_id: string | null;
  /** The rule's working days, or the dependency's lag. */
  days: number;
  /** The same in words. */
  sentence: string;
}

/** When a task is due: on a date, or so many working days from the onboarding's start, its phase, launch, a task. */
export interface DueRule {
  /** What it counts from: nothing (`fixed`), the onboarding's start, its phase, launch, or a task. */
  type: "fixed" | "start" | "phase" | "launch" | "task" | Other;
  /** Of the type `fixed`: the day; the time is not looked at. */
  date?: string | Date | null | undefined;
  /** Of all others: working days after the anchor, or before it where negative. */
  days?: number | null | undefined;
  /** Cuid or display_id of a task of the same onboarding. */
  task_id?: string | null | undefined;
}

/** A fact, in the envelope that webhooks carry. */
export interface Event {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened, such as `customer.created`. */
  type: string;
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the API whose shape `data` has. */
  api_version: string;
  /** What it tells. */
  data: EventData;
}

/** The whole resource after the change, and the former values of what changed. */
export interface EventData {
  /** The resource after the change, as the API shows it. */
  object: Record<string, unknown>;
  /** The former values of the fields that changed, and of no others; `null` where there are none. */
  previous_attributes: Record<string, unknown> | null;
}

/** A page of events, newest first. */
export interface EventList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Event[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** All event types, sorted by name. */
export interface EventTypeList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: EventTypeResource[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A kind of event that endpoints can be told of. */
export interface EventTypeResource {
  /** Always `event_type`. */
  object: "event_type";
  /** The resource and what happened to it, such as `customer.created`. */
  name: string;
  /** When it fires, and what it tells. */
  description: string;
  /** JSON Schema (2020-12) of the whole envelope; it refers to nothing outside of itself. */
  schema: Record<string, unknown>;
  /** An event of this type. */
  example: Record<string, unknown>;
}

/** The process is up. */
export interface Health {
  /** It is up, or it would not answer. */
  status: "ok" | Other;
  /** The server's time. */
  timestamp: string;
  /** Of the server. */
  version: string;
  /** Of the API, as it stands in its paths. */
  api_version: string;
}

/** A country whose public holidays are known. */
export interface HolidaysCountry {
  /** Always `holidays_country`. */
  object: "holidays_country";
  /** What `holidays_country` takes. */
  code: string;
  /** For people. */
  name: string;
  /** What `holidays_subdivision` takes with this country. */
  subdivisions: HolidaysSubdivision[];
}

/** All countries whose public holidays are known, by name. */
export interface HolidaysCountryList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: HolidaysCountry[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A state or region with holidays of its own. */
export interface HolidaysSubdivision {
  /** What `holidays_subdivision` takes. */
  code: string;
  /** For people. */
  name: string;
}

/** A change of an onboarding's target launch date. */
export interface LaunchDateShift {
  /** Always `launch_date_shift`. */
  object: "launch_date_shift";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** The onboarding's cuid. */
  onboarding_id: string;
  /** `null` where there was no target. */
  from_date: string | null;
  /** `null` where the target was cleared. */
  to_date: string | null;
  /** Later by so many calendar days, earlier where negative; `null` unless both dates are set. */
  days: number | null;
  /** Why, where somebody said so. */
  reason: string | null;
  /** Who changed it. */
  actor: TimelineActor;
  /** When it was made. */
  created_at: string;
}

/** A page of launch date shifts, newest first. */
export interface LaunchDateShiftList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: LaunchDateShift[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** The draft of a recap, for somebody to go over. */
export interface LaunchRecap {
  /** Always `launch_recap`. */
  object: "launch_recap";
  /** The onboarding's cuid. */
  onboarding_id: string;
  /** How `body` is written. */
  format: "markdown" | Other;
  /** A line for the head of a mail. */
  subject: string;
  /** The recap itself. */
  body: string;
  /** When the onboarding launched. */
  launched_at: string;
  /** When it was made. */
  created_at: string;
}

/** A person who is no customer yet, or became one from here. */
export interface Lead {
  /** Always `lead`. */
  object: "lead";
  /** Its id, which never changes; once won, the contact's as well. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** The person's name. */
  name: string;
  /** As it was sent, or the first word of the name. */
  first_name: string;
  /** What follows the first name. */
  last_name: string | null;
  /** Stored in lower case; several leads may have the same one. */
  email: string | null;
  /** As it was sent. */
  phone: string | null;
  /** Where they work. */
  company: string | null;
  /** What they do there. */
  title: string | null;
  /** Their profile. */
  linkedin_url: string | null;
  /** Where they are. */
  location: string | null;
  /** Id of the teammate who looks after it. */
  owner: string | null;
  /** The owner's e-mail; in a request another way to say who that is. */
  owner_email: string | null;
  /** Ids of teammates who work on it, besides its owner. */
  assignees: string[];
  /** By which door it came; `api` unless it says another. */
  source: string | null;
  /** What made it come, such as a fair or a friend. */
  lead_source: string | null;
  /** The kind of its stage. */
  status: "open" | "won" | "lost" | Other;
  /** The pipeline's cuid. */
  pipeline_id: string;
  /** Key of its stage in the pipeline. */
  stage: string;
  /** Since when it is in its stage. */
  stage_entered_at: string;
  /** For how many seconds it has been in its stage. */
  seconds_in_stage: number;
  /** When it was won or lost. */
  closed_at: string | null;
  /** Why it was lost, where somebody said so. */
  lost_reason: string | null;
  /** Cuid of the customer that it was won as. */
  customer_id: string | null;
  /** Cuid of the onboarding that its win started. */
  onboarding_id: string | null;
  /** Id of the teammate who added it, by hand or with an API key of theirs. */
  created_by: string | null;
  /** When the latest message went to or from it. */
  last_message_at: string | null;
  /** What became of the latest message. */
  last_message_status: string | null;
  /** Words of your own to tell leads apart by. */
  labels: string[];
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata: Record<string, unknown>;
  /** Whether default lists leave it out. */
  archived: boolean;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A lead was added, by hand, over an API or from a file. */
export interface LeadCreatedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "lead.created";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: LeadCreatedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface LeadCreatedEventData {
  /** The lead, as the API shows it after the change. */
  object: Lead;
  /** Always `null`: there are no former values. */
  previous_attributes: null;
}

/** A lead was deleted. `data.object` is the lead as it last was; it can no longer be read. */
export interface LeadDeletedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "lead.deleted";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: LeadDeletedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface LeadDeletedEventData {
  /** The lead, as the API shows it after the change. */
  object: Lead;
  /** Always `null`: there are no former values. */
  previous_attributes: null;
}

/** A page of leads, newest first. */
export interface LeadList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Lead[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A lead entered a stage that is lost. Fires together with `lead.stage_changed`; `lost_reason` tells why. */
export interface LeadLostEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "lead.lost";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: LeadLostEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface LeadLostEventData {
  /** The lead, as the API shows it after the change. */
  object: Lead;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousLead;
}

/** A duplicate that became a part of another lead. */
export interface LeadMerge {
  /** Always `lead_merge`. */
  object: "lead_merge";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** Id of the lead that was kept. */
  lead_id: string;
  /** Id of the lead that became a part of it. */
  duplicate_id: string;
  /** What the lead has, field by field, and whose it was. */
  fields: MergedField[];
  /** How many messages of the duplicate the lead has now. */
  message_count: number;
  /** When it was made. */
  created_at: string;
  /** Since when they are two leads again, if they are. */
  undone_at: string | null;
}

/** The duplicates that became a part of a lead, the latest first. */
export interface LeadMergeList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: LeadMerge[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A duplicate became a part of this lead; `previous_attributes` has what it took from there. */
export interface LeadMergedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "lead.merged";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: LeadMergedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface LeadMergedEventData {
  /** The lead, as the API shows it after the change. */
  object: Lead;
  /** Former values of the fields that changed, and of no others. `null` where there are none. */
  previous_attributes: PreviousLead | null;
}

/** A lead moved to another stage or pipeline; `previous_attributes` has those that it left. */
export interface LeadStageChangedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "lead.stage_changed";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: LeadStageChangedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface LeadStageChangedEventData {
  /** The lead, as the API shows it after the change. */
  object: Lead;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousLead;
}

/** A field of a lead changed other than its stage. */
export interface LeadUpdatedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "lead.updated";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: LeadUpdatedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface LeadUpdatedEventData {
  /** The lead, as the API shows it after the change. */
  object: Lead;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousLead;
}

/** What a won lead became. */
export interface LeadWon {
  /** Always `lead_win`. */
  object: "lead_win";
  /** The lead, in the won stage of its pipeline. */
  lead: Lead;
  /** Its customer. */
  customer: Customer;
  /** The same person as the customer's contact, by the same id. */
  contact: Contact;
  /** The onboarding that began; `null` where none did. */
  onboarding: Onboarding | null;
}

/** A lead became a customer's contact, which `customer_id` names. Fires together with `lead.stage_changed`. */
export interface LeadWonEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "lead.won";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: LeadWonEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface LeadWonEventData {
  /** The lead, as the API shows it after the change. */
  object: Lead;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousLead;
}

/** The key that asked; its name is null where the workspace has it no longer. */
export interface LoggedKey {
  /** The key's id. */
  id: string;
  /** What the key is called; `null` once the workspace has it no longer. */
  name: string | null;
}

/** The calling key and its workspace. */
export interface Me {
  /** Always `me`. */
  object: "me";
  /** The key that the request was sent with. */
  api_key: MeApiKey;
  /** The key's workspace. */
  organization: MeOrganization;
  /** The same as `api_key.name`. */
  key_name: string;
  /** The same as `api_key.prefix`. */
  key_prefix: string;
  /** The same as `organization.id`. */
  org_id: string;
  /** The same as `organization.slug`. */
  org_slug: string;
  /** Whether it is a live or a test key. */
  mode: "live" | "test" | Other;
}

/** The calling key. */
export interface MeApiKey {
  /** The key's id. */
  id: string;
  /** What the key was called when it was made. */
  name: string;
  /** The beginning of the key, which is no secret. */
  prefix: string;
  /** What the key may do; `*` is everything. */
  scopes: string[];
  /** Which rate limit holds for it. */
  rate_limit_tier: string;
}

/** The workspace that the key belongs to. */
export interface MeOrganization {
  /** The workspace's id, as events have it in `org_id`. */
  id: string;
  /** The workspace's short name. */
  slug: string;
  /** The workspace's name. */
  name: string;
}

/** A teammate who is mentioned. */
export interface Mention {
  /** The teammate's id. */
  person_id: string;
  /** The teammate's name. */
  name: string;
  /** The teammate's e-mail, as it stands in the text. */
  email: string;
}

/** What a text may ask for by `{{name}}`. */
export interface MergeFieldResource {
  /** What stands between the braces. */
  name: string;
  /** What it becomes. */
  description: string;
  /** What previews show in its place. */
  example: string;
}

/** What a merge made of one field of the lead that was kept. */
export interface MergedField {
  /** The field of the lead. */
  field: string;
  /** What the lead had before. */
  before: unknown;
  /** What it had after the merge. */
  after: unknown;
  /** Whose value it is; of lists it may be both. */
  origin: "lead" | "duplicate" | "both" | Other;
}

/** Something written to or by a contact. */
export interface Message {
  /** Always `message`. */
  object: "message";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** Cuid of the contact or lead. */
  contact_id: string;
  /** What it went over. */
  channel: "email" | "sms" | "whatsapp" | "linkedin" | "call" | "chat" | "other" | Other;
  /** `outbound`: to the contact; `inbound`: from the contact. */
  direction: "inbound" | "outbound" | Other;
  /** How far it got. It moves onwards only, but may turn `failed` at any time. */
  status: "queued" | "sent" | "delivered" | "read" | "replied" | "failed" | Other;
  /** Its subject, if it has one. */
  subject: string | null;
  /** What it says, up to 100 kB. */
  body: string | null;
  /** Why it failed; `null` unless it did. */
  error: string | null;
  /** What the system that sent it calls it; no two messages share one. */
  external_id: string | null;
  /** When it was written or sent. */
  sent_at: string;
  /** Who logged it, or had Pivotal send it. */
  actor: TimelineActor;
  /** When it came into the log. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A page of the log, what came into it last first. */
export interface MessageList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Message[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A text with the examples of its merge fields in it. */
export interface MessagePreview {
  /** Always `message_preview`. */
  object: "message_preview";
  /** The template's key. */
  key: "reminder" | "launch_message" | "launch_recap" | Other;
  /** How `body` is written. */
  format: "text" | "markdown" | Other;
  /** The subject, filled in. */
  subject: string;
  /** The text, filled in. */
  body: string;
}

/** A text that Pivotal writes to people. */
export interface MessageTemplate {
  /** Always `message_template`. */
  object: "message_template";
  /** Names it in paths. */
  key: "reminder" | "launch_message" | "launch_recap" | Other;
  /** For people. */
  name: string;
  /** Who gets it, and when. */
  description: string;
  /** How `body` is written. */
  format: "text" | "markdown" | Other;
  /** One line, with merge fields. */
  subject: string;
  /** The text, with merge fields. */
  body: string;
  /** Whether the workspace has changed it. */
  customized: boolean;
  /** What subject and body may ask for. */
  merge_fields: MergeFieldResource[];
  /** When it was changed last; `null` for our text. */
  updated_at: string | null;
}

/** All message templates, on one page. */
export interface MessageTemplateList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: MessageTemplate[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A day that is not worked. */
export interface NonWorkingDay {
  /** Always `non_working_day`. */
  object: "non_working_day";
  /** The day. */
  date: string;
  /** Its weekday, the holiday's name or `Company day off`. */
  reason: string;
}

/** All days of the span that are not worked, in order. */
export interface NonWorkingDayList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: NonWorkingDay[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** What a teammate is told of. */
export interface Notification {
  /** Always `notification`. */
  object: "notification";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** The teammate who is told. */
  person_id: string;
  /** What kind of notification it is. */
  type:
    | "task_assigned"
    | "mentioned"
    | "comment_created"
    | "task_due_date_moved"
    | "task_completed"
    | "task_reopened"
    | "onboarding_at_risk"
    | "onboarding_blocked"
    | "onboarding_phase_changed"
    | "onboarding_launched"
    | "onboarding_completed"
    | "webhook_endpoint_disabled"
    | Other;
  /** One line of plain text. */
  title: string;
  /** Lines of plain text. */
  body: string;
  /** What it is about. */
  subject: NotificationSubject;
  /** Cuid of the customer that it is about; `null` where it is about none. */
  customer_id: string | null;
  /** Cuid of the onboarding that it is about; `null` where it is about none. */
  onboarding_id: string | null;
  /** Who did it. */
  actor: NotificationActor;
  /** `false` where a test key did it; that is never mailed. */
  livemode: boolean;
  /** When it happened. */
  created_at: string;
  /** When the teammate read it; `null` until then. */
  read_at: string | null;
}

/** Who did it: a teammate, an API key, somebody in the portal or the product itself. */
export interface NotificationActor {
  /** `api_key`, `person`, `portal`, `integration` or `system`. */
  type: string;
  /** Id of the API key or teammate. */
  id: string;
  /** As the timeline shows it. */
  name: string;
}

/** A number of notifications. */
export interface NotificationCount {
  /** Always `count`. */
  object: "count";
  /** How many notifications were not read yet. */
  count: number;
}

/** A page of notifications, newest first. */
export interface NotificationList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Notification[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** What is told, by kind and channel: to a teammate, or to those who have not chosen for themselves. */
export interface NotificationPreferences {
  /** Always `notification_preferences`. */
  object: "notification_preferences";
  /** The teammate; `null` for the workspace's choices. */
  person_id: string | null;
  /** All kinds of notifications, each with what holds for it. */
  preferences: Preference[];
}

/** What the notification is about. */
export interface NotificationSubject {
  /** What kind of thing it is. */
  type: "task" | "comment" | "onboarding" | "webhook_endpoint" | Other;
  /** Its id. */
  id: string;
}

/** A customer's way through the phases to launch. */
export interface Onboarding {
  /** Always `onboarding`. */
  object: "onboarding";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** The customer's cuid. */
  customer_id: string;
  /** Id of the template that it was made from; `null` where there was none. */
  template_id: string | null;
  /** For people; the customer's name unless you gave another. */
  name: string;
  /** E-mail of the CSM. */
  owner_email: string | null;
  /** Key of one of the workspace's phases; list-phases tells them. */
  phase:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | Other;
  /** `waiting` and `waiting_on_customer` are one and the same; it suspends the SLA clock. */
  state: "active" | "paused" | "at_risk" | "waiting" | "blocked" | Other;
  /** When it began: dates that count from the start count from this day. */
  started_at: string;
  /** When it reached the terminal phase; `null` as long as it has not. */
  completed_at: string | null;
  /** When it is to go live; `null` where nobody has said. */
  target_launch_date: string | null;
  /** Calendar days by which the target launch date is later than the first one ever set; `null` where there is none. */
  slippage_days: number | null;
  /** Id of the customer success manager, a teammate. */
  csm_id: string | null;
  /** Id of the solutions engineer, a teammate. */
  se_id: string | null;
  /** Id of the designer, a teammate. */
  designer_id: string | null;
  /** Id of the teammate for product operations. */
  product_ops_id: string | null;
  /** Notes of your team, up to 100 kB. */
  notes: string | null;
  /** Whether `state` is `waiting`. */
  waiting_on_customer: boolean;
  /** Since when it waits; `null` while it does not. */
  waiting_on_customer_since: string | null;
  /** When somebody made it with the form in the app; `null` where it came over the API. */
  wizard_completed_at: string | null;
  /** Whether contacts are reminded by mail of what is overdue on their side. */
  reminder_email: boolean;
  /** Whether reminders may go by Slack; kept for it, and mails do not depend on it. */
  reminder_slack: boolean;
  /** Days between two reminders to the same contact. */
  reminder_frequency_days: number;
  /** When it entered the phase that it is in. */
  phase_entered_at: string;
  /** Days that the phase should take; 0 where it has no target. */
  phase_target_days: number;
  /**
   * The SLA clock: whole seconds since the phase was entered, as of this answer, without those in which the onboarding
   * waited on the customer.
   */
  time_in_phase_seconds: number;
  /** Whole seconds in this phase, as of this answer, in which it waited on the customer. */
  time_waiting_seconds: number;
  /** Words to find onboardings by; lists filter by `tag`. */
  tags: string[];
  /** Values by key; the workspace's custom fields say which there are. */
  custom_fields: Record<string, unknown>;
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata: Record<string, unknown>;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** An onboarding's state became `at_risk`. */
export interface OnboardingAtRiskEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "onboarding.at_risk";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: OnboardingAtRiskEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface OnboardingAtRiskEventData {
  /** The onboarding, as the API shows it after the change. */
  object: Onboarding;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousOnboarding;
}

/** An onboarding's state left `at_risk` for another one. */
export interface OnboardingBackOnTrackEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "onboarding.back_on_track";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: OnboardingBackOnTrackEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface OnboardingBackOnTrackEventData {
  /** The onboarding, as the API shows it after the change. */
  object: Onboarding;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousOnboarding;
}

/** An onboarding moved to the phase that ends it. */
export interface OnboardingCompletedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "onboarding.completed";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: OnboardingCompletedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface OnboardingCompletedEventData {
  /** The onboarding, as the API shows it after the change. */
  object: Onboarding;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousOnboarding;
}

/** An onboarding was started for a customer. */
export interface OnboardingCreatedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "onboarding.created";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: OnboardingCreatedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface OnboardingCreatedEventData {
  /** The onboarding, as the API shows it after the change. */
  object: Onboarding;
  /** Always `null`: there are no former values. */
  previous_attributes: null;
}

/** An onboarding moved to the phase in which its customer goes live. */
export interface OnboardingLaunchedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "onboarding.launched";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: OnboardingLaunchedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface OnboardingLaunchedEventData {
  /** The onboarding, as the API shows it after the change. */
  object: Onboarding;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousOnboarding;
}

/** A page of onboardings, newest first. */
export interface OnboardingList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Onboarding[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** The onboarding that begins with it: what create-onboarding takes, all of it optional. */
export interface OnboardingOfLead {
  /** Id of the template that it was made from; `null` where there was none. */
  template_id?: string | null | undefined;
  /** When it is to go live; `null` where nobody has said. */
  target_launch_date?: string | Date | null | undefined;
  /** Unless it is sent, set on the way into the terminal phase and cleared on the way out of it. */
  completed_at?: string | Date | null | undefined;
  /** Id of a teammate in this workspace. */
  csm_id?: string | null | undefined;
  /** Id of a teammate in this workspace. */
  se_id?: string | null | undefined;
  /** Id of a teammate in this workspace. */
  designer_id?: string | null | undefined;
  /** Id of a teammate in this workspace. */
  product_ops_id?: string | null | undefined;
  /** Notes of your team, up to 100 kB. */
  notes?: string | null | undefined;
  /** Words to find onboardings by; lists filter by `tag`. */
  tags?: string[] | undefined;
  /**
   * Values by key, up to 16 KiB, replaced as a whole. Where the workspace has a custom field with the key the value has
   * to fit it; others are kept as sent.
   */
  custom_fields?: Record<string, unknown> | null | undefined;
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata?: Record<string, unknown> | null | undefined;
  /** The customer's name unless it is sent. */
  name?: string | undefined;
  /** The workspace's first phase unless it is sent. */
  phase?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | Other
    | undefined;
}

/** An onboarding moved to another phase, forward or back; `previous_attributes.phase` is the one that it left. */
export interface OnboardingPhaseChangedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "onboarding.phase_changed";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: OnboardingPhaseChangedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface OnboardingPhaseChangedEventData {
  /** The onboarding, as the API shows it after the change. */
  object: Onboarding;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousOnboarding;
}

/** What a change to an onboarding would do; nothing of it is done. */
export interface OnboardingPreview {
  /** Always `onboarding_preview`. */
  object: "onboarding_preview";
  /** The onboarding as it would be. */
  onboarding: Onboarding;
  /** All tasks whose due date would move, soonest due first. */
  moves: TaskMove[];
}

/** An onboarding's state changed; `previous_attributes.state` is the former one. */
export interface OnboardingStateChangedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "onboarding.state_changed";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: OnboardingStateChangedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface OnboardingStateChangedEventData {
  /** The onboarding, as the API shows it after the change. */
  object: Onboarding;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousOnboarding;
}

/** The version of a template that a task came from. */
export interface Origin {
  /** The template's cuid. */
  id: string;
  /** Number of the template's version. */
  version: number;
  /** The task's key in it. */
  task_key: string;
}

/** A teammate. */
export interface Person {
  /** Always `person`. */
  object: "person";
  /** What `csm_id`, `assignee_id` and their like hold. */
  id: string;
  /** As they call themselves. */
  name: string;
  /** Where they sign in, and what assigns and mentions them. */
  email: string;
  /** What they may do in the app. */
  role: "owner" | "admin" | "member" | Other;
  /** When they came to the workspace. */
  created_at: string;
}

/** All teammates, on one page. */
export interface PersonList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Person[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** All phases of the workspace, in order. */
export interface PhaseList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: PhaseResource[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A ready-made set of phases. */
export interface PhasePreset {
  /** Always `phase_preset`. */
  object: "phase_preset";
  /** What apply-phase-preset calls it. */
  key: string;
  /** For people. */
  name: string;
  /** Its phases, in order. */
  phases: PresetPhase[];
}

/** All presets; the first is what a new workspace has. */
export interface PhasePresetList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: PhasePreset[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A phase of the workspace. */
export interface PhaseResource {
  /** Always `phase`. */
  object: "phase";
  /** What `phase` of an onboarding holds. */
  key: string;
  /** For people. */
  name: string;
  /** Its place in the order, from 1; the terminal phase is always the last. */
  position: number;
  /** Days that the phase should take; 0 where it has no target. */
  target_days: number;
  /** Entering `launch` launches an onboarding, entering `terminal` completes it. */
  kind: "normal" | "launch" | "terminal" | Other;
  /** Since when no onboarding can be in it. */
  retired_at: string | null;
  /** Of a retired phase: where its onboardings went. */
  moved_to: string | null;
}

/** An onboarding's step into a phase, and what the phase before it took. */
export interface PhaseTransition {
  /** Always `phase_transition`. */
  object: "phase_transition";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** The onboarding's cuid. */
  onboarding_id: string;
  /** `null` where the onboarding began. */
  from_phase: string | null;
  /** Key of the phase that it entered. */
  to_phase: string;
  /** Who moved it. */
  actor: TimelineActor;
  /** Why, where somebody said so. */
  reason: string | null;
  /**
   * What the SLA clock showed when `from_phase` was left: seconds without waits. `null` where the onboarding began, or
   * the clock went on because the phase only got another name.
   */
  time_in_phase_seconds: number | null;
  /** Seconds in `from_phase` in which the onboarding waited on the customer. */
  time_waiting_seconds: number | null;
  /** When it was made. */
  created_at: string;
}

/** A page of phase transitions, newest first. */
export interface PhaseTransitionList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: PhaseTransition[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** All pipelines of the workspace, in order. */
export interface PipelineList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: PipelineResource[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A way that leads take, with its stages in order. */
export interface PipelineResource {
  /** Always `pipeline`. */
  object: "pipeline";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** For people; unique in the workspace. */
  name: string;
  /** Its place among the pipelines, from 1; leads that name none come to the first. */
  position: number;
  /** In order. Leads begin in the first that is open. */
  stages: PipelineStage[];
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A step of a pipeline. */
export interface PipelineStage {
  /** What `stage` of a lead holds; unique in its pipeline, and never changed. */
  key: string;
  /** For people. */
  name: string;
  /** Its place in the order, from 1. */
  position: number;
  /** Leads are `open` until they come to a stage that is `won` or `lost`. */
  kind: "open" | "won" | "lost" | Other;
}

/** What a change would do; nothing of it is done. */
export interface PlanPreview {
  /** Always `plan_preview`. */
  object: "plan_preview";
  /** The task as it would be. */
  task: Task;
  /** All tasks whose due date would move, soonest due first. */
  moves: TaskMove[];
}

/** Whether a kind of notification is told, by channel. */
export interface Preference {
  /** The kind of notification. */
  type:
    | "task_assigned"
    | "mentioned"
    | "comment_created"
    | "task_due_date_moved"
    | "task_completed"
    | "task_reopened"
    | "onboarding_at_risk"
    | "onboarding_blocked"
    | "onboarding_phase_changed"
    | "onboarding_launched"
    | "onboarding_completed"
    | "webhook_endpoint_disabled"
    | Other;
  /** The same for people. */
  name: string;
  /** Whether it is told in the app. */
  in_app: boolean;
  /** Whether it is told by e-mail. */
  email: boolean;
  /** The channels about which there is a choice of its own; the others follow what is above it. */
  chosen: ("in_app" | "email" | Other)[];
}

/** A choice about one kind of notification: only the channels that are sent change. */
export interface PreferenceUpdate {
  /** The kind of notification. */
  type:
    | "task_assigned"
    | "mentioned"
    | "comment_created"
    | "task_due_date_moved"
    | "task_completed"
    | "task_reopened"
    | "onboarding_at_risk"
    | "onboarding_blocked"
    | "onboarding_phase_changed"
    | "onboarding_launched"
    | "onboarding_completed"
    | "webhook_endpoint_disabled"
    | Other;
  /** `null` gives the choice back. */
  in_app?: boolean | null | undefined;
  /** `null` gives the choice back. */
  email?: boolean | null | undefined;
}

/** What becomes of the onboardings of one of your phases. */
export interface PresetMove {
  /** Key of your phase. */
  from_phase: string;
  /** Key of the preset's phase. */
  to_phase: string;
  /** How many there are. */
  onboardings: number;
  /** `continues` where the phase stays or only gets another name. */
  clock: "continues" | "restarts" | Other;
}

/** A phase of a preset. */
export interface PresetPhase {
  /** What `phase` of an onboarding will hold. */
  key: string;
  /** For people. */
  name: string;
  /** Its place in the order, from 1. */
  position: number;
  /** Days that the phase should take; 0 where it has no target. */
  target_days: number;
  /** Entering `launch` launches an onboarding, entering `terminal` completes it. */
  kind: "normal" | "launch" | "terminal" | Other;
}

/** What a switch to a preset did, or would do. */
export interface PresetSwitch {
  /** Always `phase_preset_switch`. */
  object: "phase_preset_switch";
  /** Key of the preset. */
  preset: string;
  /** Whether this only tells what would happen. */
  dry_run: boolean;
  /** The whole table; what a preview shows can be sent as it is. */
  mapping: Record<string, string>;
  /** What becomes of the onboardings of each of your phases, in their order. */
  moves: PresetMove[];
  /** The workspace's phases after the switch. */
  phases: PhaseResource[];
}

/** Former values of the fields that changed, and of no others. */
export interface PreviousContact {
  /** The customer's cuid. */
  customer_id?: string;
  /** The person's name. */
  name?: string;
  /** Unique among the customer's contacts; stored in lower case. */
  email?: string;
  /** What they do at the customer. */
  title?: string | null;
  /** Their telephone number, as it was given. */
  phone?: string | null;
  /** Their profile on LinkedIn, or another web address of theirs. */
  linkedin_url?: string | null;
  /** Where they are, such as a city. */
  location?: string | null;
  /** Whether this is the one to write to first; a customer has one such contact at most. */
  is_primary?: boolean;
  /** Words of your own to tell contacts apart by, such as `billing`. */
  labels?: string[];
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata?: Record<string, unknown>;
  /** When the newest message to or from them was sent; `null` without one. */
  last_message_at?: string | null;
  /**
   * How far that message got: `queued`, `sent`, `delivered`, `read`, `replied` or `failed`; `replied` also where it
   * came from them.
   */
  last_message_status?: string | null;
  /** Whether default lists leave it out. */
  archived?: boolean;
}

/** Former values of the fields that changed, and of no others. */
export interface PreviousCustomer {
  /** The company's name. */
  name?: string;
  /** A short name of your own, of `a-z`, `0-9`, `_` and `-`; no two customers share one. */
  slug?: string | null;
  /** The company's or shop's domain, in lower case; no two customers share one. */
  domain?: string | null;
  /** `active`, `onboarding`, `at_risk`, `churned` or `low_touch`; a later version may add some. */
  status?: string;
  /** What the customer pays for, as you call it. */
  plan?: string | null;
  /** Monthly recurring revenue in cents. */
  mrr?: number | null;
  /** Annual recurring revenue in cents. */
  arr?: number | null;
  /** Orders a month. */
  monthly_orders?: number | null;
  /** The customer's id in HubSpot. */
  hubspot_company_id?: string | null;
  /** Id of its deal in HubSpot. */
  hubspot_deal_id?: string | null;
  /** The customer's id in Stripe. */
  stripe_customer_id?: string | null;
  /** The customer's id in Intercom. */
  intercom_company_id?: string | null;
  /** Id of the Slack channel that you share with the customer. */
  slack_channel_id?: string | null;
  /** E-mail of the teammate who owns the customer. */
  owner_email?: string | null;
  /** Of 0 to 100, higher is better; `null` as long as there is none. */
  health_score?: number | null;
  /** Whether `status` is `at_risk`. */
  at_risk?: boolean;
  /** Whether `status` is `churned`. */
  churned?: boolean;
  /** Words to find customers by; lists filter by `tag`. */
  tags?: string[];
  /** Values by key; the workspace's custom fields say which there are. */
  custom_fields?: Record<string, unknown>;
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata?: Record<string, unknown>;
  /** Whether default lists leave it out. */
  archived?: boolean;
}

/** Former values of the fields that changed, and of no others. */
export interface PreviousLead {
  /** The person's name. */
  name?: string;
  /** As it was sent, or the first word of the name. */
  first_name?: string;
  /** What follows the first name. */
  last_name?: string | null;
  /** Stored in lower case; several leads may have the same one. */
  email?: string | null;
  /** As it was sent. */
  phone?: string | null;
  /** Where they work. */
  company?: string | null;
  /** What they do there. */
  title?: string | null;
  /** Their profile. */
  linkedin_url?: string | null;
  /** Where they are. */
  location?: string | null;
  /** Id of the teammate who looks after it. */
  owner?: string | null;
  /** The owner's e-mail; in a request another way to say who that is. */
  owner_email?: string | null;
  /** Ids of teammates who work on it, besides its owner. */
  assignees?: string[];
  /** By which door it came; `api` unless it says another. */
  source?: string | null;
  /** What made it come, such as a fair or a friend. */
  lead_source?: string | null;
  /** The kind of its stage. */
  status?: "open" | "won" | "lost" | Other;
  /** The pipeline's cuid. */
  pipeline_id?: string;
  /** Key of its stage in the pipeline. */
  stage?: string;
  /** Since when it is in its stage. */
  stage_entered_at?: string;
  /** When it was won or lost. */
  closed_at?: string | null;
  /** Why it was lost, where somebody said so. */
  lost_reason?: string | null;
  /** Cuid of the customer that it was won as. */
  customer_id?: string | null;
  /** Cuid of the onboarding that its win started. */
  onboarding_id?: string | null;
  /** Id of the teammate who added it, by hand or with an API key of theirs. */
  created_by?: string | null;
  /** When the latest message went to or from it. */
  last_message_at?: string | null;
  /** What became of the latest message. */
  last_message_status?: string | null;
  /** Words of your own to tell leads apart by. */
  labels?: string[];
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata?: Record<string, unknown>;
  /** Whether default lists leave it out. */
  archived?: boolean;
}

/** Former values of the fields that changed, and of no others. */
export interface PreviousOnboarding {
  /** The customer's cuid. */
  customer_id?: string;
  /** Id of the template that it was made from; `null` where there was none. */
  template_id?: string | null;
  /** For people; the customer's name unless you gave another. */
  name?: string;
  /** E-mail of the CSM. */
  owner_email?: string | null;
  /** Key of one of the workspace's phases; list-phases tells them. */
  phase?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | Other;
  /** `waiting` and `waiting_on_customer` are one and the same; it suspends the SLA clock. */
  state?: "active" | "paused" | "at_risk" | "waiting" | "blocked" | Other;
  /** When it began: dates that count from the start count from this day. */
  started_at?: string;
  /** When it reached the terminal phase; `null` as long as it has not. */
  completed_at?: string | null;
  /** When it is to go live; `null` where nobody has said. */
  target_launch_date?: string | null;
  /** Calendar days by which the target launch date is later than the first one ever set; `null` where there is none. */
  slippage_days?: number | null;
  /** Id of the customer success manager, a teammate. */
  csm_id?: string | null;
  /** Id of the solutions engineer, a teammate. */
  se_id?: string | null;
  /** Id of the designer, a teammate. */
  designer_id?: string | null;
  /** Id of the teammate for product operations. */
  product_ops_id?: string | null;
  /** Notes of your team, up to 100 kB. */
  notes?: string | null;
  /** Whether `state` is `waiting`. */
  waiting_on_customer?: boolean;
  /** Since when it waits; `null` while it does not. */
  waiting_on_customer_since?: string | null;
  /** When somebody made it with the form in the app; `null` where it came over the API. */
  wizard_completed_at?: string | null;
  /** Whether contacts are reminded by mail of what is overdue on their side. */
  reminder_email?: boolean;
  /** Whether reminders may go by Slack; kept for it, and mails do not depend on it. */
  reminder_slack?: boolean;
  /** Days between two reminders to the same contact. */
  reminder_frequency_days?: number;
  /** Words to find onboardings by; lists filter by `tag`. */
  tags?: string[];
  /** Values by key; the workspace's custom fields say which there are. */
  custom_fields?: Record<string, unknown>;
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata?: Record<string, unknown>;
}

/** Former values of the fields that changed, and of no others. */
export interface PreviousTask {
  /** The onboarding's cuid. */
  onboarding_id?: string;
  /** The customer's cuid. */
  customer_id?: string;
  /** Of a subtask: the cuid of the task that it is part of. */
  parent_id?: string | null;
  /** What is to be done, in a line. */
  title?: string;
  /** Markdown. */
  description?: string | null;
  /** Key of the phase that it belongs to. */
  phase?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | Other;
  /** Whether it is done. */
  status?: "open" | "completed" | Other;
  /** Its place, from 1, in its phase, or among its parent's subtasks. */
  position?: number;
  /** Id of the teammate who is to do it. */
  assignee_id?: string | null;
  /** Whoever has this part in the onboarding. */
  assignee_role?: "csm" | "se" | "designer" | "product_ops" | Other | null;
  /** Cuid of the customer's contact who is to do it. */
  assignee_contact_id?: string | null;
  /** Of the teammate or contact who is to do it. */
  assignee_email?: string | null;
  /** Whether the customer sees it. */
  visible_in_portal?: boolean;
  /** The rule by which a task is due. */
  due?: PreviousTaskDue | null;
  /** The day when it is due, as its midnight in UTC; `null` where nothing says one. */
  due_date?: string | null;
  /** The first working day of its duration, as its midnight in UTC. */
  start_date?: string | null;
  /** Working days that it takes, the due date included. */
  duration_days?: number;
  /** What has to be finished before it may start. */
  depends_on?: PreviousTaskDependsOnItem[];
  /** Whether it is at the top of its onboarding. */
  pinned?: boolean;
  /** When it was done; `null` while it is open. */
  completed_at?: string | null;
  /**
   * A teammate's e-mail, `API: ` and a key's name, `portal:contact_…` for a contact, or the automation's name;
   * `automation:subtasks` where its last subtask was completed.
   */
  completed_by?: string | null;
}

/** A task that has to be finished before. */
export interface PreviousTaskDependsOnItem {
  /** The task's cuid. */
  task_id: string;
  /** Working days that have to lie in between. */
  lag_days: number;
}

/** The rule by which a task is due. */
export interface PreviousTaskDue {
  /** What it counts from: nothing (`fixed`), the onboarding's start, its phase, launch, or a task. */
  type: "fixed" | "start" | "phase" | "launch" | "task" | Other;
  /** Of the type `fixed`: the day, as its midnight. */
  date: string | null;
  /** Of all others: working days after the anchor, or before it. */
  days: number | null;
  /** Of the type `task`: the cuid of the task that it counts from. */
  task_id: string | null;
}

/** Why one task is due, or finished, when it is; the next step explains what it counts from. */
export interface ReasonStep {
  /** The type of the rule, `dependency`, or `completed` where it was done on that day. */
  kind: "fixed" | "start" | "phase" | "launch" | "task" | "dependency" | "completed" | Other;
  /** The task that the step is about. */
  task_id: string;
  /** The task of the next step. */
  cause_task_id: string | null;
  /** Of the kind `phase`: its key. */
  phase: string | null;
  /** The rule's working days, the dependency's lag, or of `completed`, how late it was done. */
  days: number;
  /** Days between the two dates on which nobody works. */
  days_off: number;
  /** Working days that the task takes. */
  duration_days: number;
  /** The day that is counted from. */
  from_date: string | null;
  /** The first of them, as its midnight in UTC. */
  start_date: string | null;
  /** The day when it is due, or was done. */
  to_date: string;
  /** The same in words. */
  sentence: string;
}

/** A mail to a contact about overdue tasks. */
export interface Reminder {
  /** Always `reminder`. */
  object: "reminder";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** The onboarding's cuid. */
  onboarding_id: string;
  /** Cuid of the contact who was reminded. */
  contact_id: string;
  /** Where it went. */
  email: string;
  /** The mail's subject. */
  subject: string;
  /** The mail's text. */
  body: string;
  /** What it is about, the longest overdue first. */
  task_ids: string[];
  /** Whether it came round by itself, or somebody asked for it. */
  origin: "schedule" | "request" | Other;
  /** `suppressed`: a test key was at work, no mail was sent. */
  status: "sent" | "suppressed" | Other;
  /** The day by the customer's calendar. */
  sent_on: string;
  /** Who asked for it, or Pivotal itself. */
  actor: TimelineActor;
  /** When it was made. */
  created_at: string;
}

/** Reminders, newest first. */
export interface ReminderList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Reminder[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** What a replay of missing deliveries has begun. */
export interface Replay {
  /** Always `replay`. */
  object: "replay";
  /** Deliveries that are sent now, or again. */
  scheduled: number;
  /** The window has more events than one call looks at. */
  has_more: boolean;
  /** The `since` of the call that goes on. */
  next_since: string | null;
}

/** A request that an API key made, and what it was answered. */
export interface RequestLog {
  /** Always `request_log`. */
  object: "request_log";
  /** What the header `X-Request-Id` of the answer said. */
  id: string;
  /** When it was answered. */
  created_at: string;
  /** Such as `POST`. */
  method: string;
  /** What was asked for, without the query. */
  path: string;
  /** The status that it was answered with. */
  status: number;
  /** From the head of the request to the end of its answer, in milliseconds. */
  duration_ms: number;
  /** The `code` of the error, `null` where there was none. */
  error_code: string | null;
  /** The key that asked. */
  api_key: LoggedKey;
  /** `false` where it was a test key. */
  livemode: boolean;
  /** The address that it came from. */
  ip: string;
}

/** A page of requests, newest first. */
export interface RequestLogList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: RequestLog[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** The deliveries of events that were sent again, in the order in which they were asked for. */
export interface ResentDeliveries {
  /** Always `list`. */
  object: "list";
  /** One delivery for each event, in the order of `event_ids`. */
  data: Delivery[];
}

/** A stage of a pipeline as a request names it. */
export interface StageBody {
  /** Of a stage that there is; a new one gets a key made of its name, unless it is sent. */
  key?: string | null | undefined;
  /** For people. */
  name: string;
  /** What it has already, or `open` where it is new, unless it is sent. */
  kind?: "open" | "won" | "lost" | Other | null | undefined;
}

/** A lead's step into a stage, and how long it was in the one before. */
export interface StageTransition {
  /** Always `stage_transition`. */
  object: "stage_transition";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** The lead's cuid. */
  lead_id: string;
  /** The pipeline that it left; `null` where it began. */
  from_pipeline_id: string | null;
  /** Key of the stage that it left; `null` where it began. */
  from_stage: string | null;
  /** What that stage was called then. */
  from_name: string | null;
  /** The pipeline that it is in from then on. */
  to_pipeline_id: string;
  /** Key of the stage that it entered. */
  to_stage: string;
  /** What that stage was called then. */
  to_name: string;
  /** How long it was in `from_stage`. */
  seconds_in_stage: number | null;
  /** Why, where somebody said so. */
  reason: string | null;
  /** Who moved it. */
  actor: TimelineActor;
  /** When it was made. */
  created_at: string;
}

/** A page of a lead's stage transitions, newest first. */
export interface StageTransitionList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: StageTransition[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A made-up event that was sent to every open stream. */
export interface StreamTestEvent {
  /** Always `stream_test_event`. */
  object: "stream_test_event";
  /** The event's own id. It is in no log: only streams tell of it. */
  id: string;
  /** What it says has happened, such as `customer.created`. */
  type: string;
  /** When it was made up. */
  created_at: string;
  /** Always `false`. */
  livemode: boolean;
  /** How many open streams tell of events of this type. */
  listeners: number;
}

/** A tag that is in use. */
export interface Tag {
  /** Always `tag`. */
  object: "tag";
  /** The tag itself. */
  name: string;
  /** How many have it, archived ones included. */
  count: number;
}

/** Suggestions, most used first. */
export interface TagList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Tag[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** Something to be done in an onboarding. */
export interface Task {
  /** Always `task`. */
  object: "task";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** The onboarding's cuid. */
  onboarding_id: string;
  /** The customer's cuid. */
  customer_id: string;
  /** Of a subtask: the cuid of the task that it is part of. */
  parent_id: string | null;
  /** What is to be done, in a line. */
  title: string;
  /** Markdown. */
  description: string | null;
  /** Key of the phase that it belongs to. */
  phase:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | Other;
  /** Whether it is done. */
  status: "open" | "completed" | Other;
  /** Its place, from 1, in its phase, or among its parent's subtasks. */
  position: number;
  /** Id of the teammate who is to do it. */
  assignee_id: string | null;
  /** Whoever has this part in the onboarding. */
  assignee_role: "csm" | "se" | "designer" | "product_ops" | Other | null;
  /** Cuid of the customer's contact who is to do it. */
  assignee_contact_id: string | null;
  /** Of the teammate or contact who is to do it. */
  assignee_email: string | null;
  /** Whether the customer sees it. */
  visible_in_portal: boolean;
  /** `null`: what it depends on decides. */
  due: Due | null;
  /** The day when it is due, as its midnight in UTC; `null` where nothing says one. */
  due_date: string | null;
  /** What decided the dates; `null` where there are none. */
  due_reason: DueReason | null;
  /** The first working day of its duration, as its midnight in UTC. */
  start_date: string | null;
  /** Working days that it takes, the due date included. */
  duration_days: number;
  /** The first due date that it had. */
  baseline_due_date: string | null;
  /** Working days by which it is due later than at first; negative: earlier. */
  slip_days: number | null;
  /** What has to be finished before it may start. */
  depends_on: Dependency[];
  /** How many subtasks it has. */
  subtask_count: number;
  /** How many of them are done. */
  completed_subtask_count: number;
  /** Whether it is at the top of its onboarding. */
  pinned: boolean;
  /** Its key in the template that it came from. */
  template_task_key: string | null;
  /** When it was done; `null` while it is open. */
  completed_at: string | null;
  /**
   * A teammate's e-mail, `API: ` and a key's name, `portal:contact_…` for a contact, or the automation's name;
   * `automation:subtasks` where its last subtask was completed.
   */
  completed_by: string | null;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A task was done; `completed_by` tells who said so. */
export interface TaskCompletedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "task.completed";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: TaskCompletedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface TaskCompletedEventData {
  /** The task, as the API shows it after the change. */
  object: Task;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousTask;
}

/** A task was added to an onboarding, by hand or from a template. */
export interface TaskCreatedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "task.created";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: TaskCreatedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface TaskCreatedEventData {
  /** The task, as the API shows it after the change. */
  object: Task;
  /** Always `null`: there are no former values. */
  previous_attributes: null;
}

/** A page of tasks. */
export interface TaskList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: Task[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A task whose dates move. */
export interface TaskMove {
  /** The task's cuid. */
  task_id: string;
  /** The task's number. */
  display_id: number;
  /** What is to be done, in a line. */
  title: string;
  /** When it was due. */
  from: string | null;
  /** When it is due. */
  to: string | null;
  /** Working days that it moves by; negative: it is due earlier. */
  days: number | null;
  /** Why it is due when it then is, in words. */
  reason: string | null;
}

/** A completed task was opened again. */
export interface TaskReopenedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "task.reopened";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: TaskReopenedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface TaskReopenedEventData {
  /** The task, as the API shows it after the change. */
  object: Task;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousTask;
}

/** A field of a task changed other than by completing or reopening it. */
export interface TaskUpdatedEvent {
  /** The event's own id, the same in every delivery: what to recognise repetitions by. */
  id: string;
  /** What happened. */
  type: "task.updated";
  /** When it happened. */
  created_at: string;
  /** The workspace that the resource belongs to. */
  org_id: string;
  /** `false` where a test key made the change. */
  livemode: boolean;
  /** Version of the shape of `data`. */
  api_version: "v1" | Other;
  /** The resource after the change, and the former values of what changed. */
  data: TaskUpdatedEventData;
}

/** The resource after the change, and the former values of what changed. */
export interface TaskUpdatedEventData {
  /** The task, as the API shows it after the change. */
  object: Task;
  /** Former values of the fields that changed, and of no others. */
  previous_attributes: PreviousTask;
}

/** A task, and why it is due when it is, from itself back to the root cause. */
export interface TaskWithChain {
  /** Always `task`. */
  object: "task";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** The onboarding's cuid. */
  onboarding_id: string;
  /** The customer's cuid. */
  customer_id: string;
  /** Of a subtask: the cuid of the task that it is part of. */
  parent_id: string | null;
  /** What is to be done, in a line. */
  title: string;
  /** Markdown. */
  description: string | null;
  /** Key of the phase that it belongs to. */
  phase:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | Other;
  /** Whether it is done. */
  status: "open" | "completed" | Other;
  /** Its place, from 1, in its phase, or among its parent's subtasks. */
  position: number;
  /** Id of the teammate who is to do it. */
  assignee_id: string | null;
  /** Whoever has this part in the onboarding. */
  assignee_role: "csm" | "se" | "designer" | "product_ops" | Other | null;
  /** Cuid of the customer's contact who is to do it. */
  assignee_contact_id: string | null;
  /** Of the teammate or contact who is to do it. */
  assignee_email: string | null;
  /** Whether the customer sees it. */
  visible_in_portal: boolean;
  /** `null`: what it depends on decides. */
  due: Due | null;
  /** The day when it is due, as its midnight in UTC; `null` where nothing says one. */
  due_date: string | null;
  /** What decided the dates; `null` where there are none. */
  due_reason: DueReason | null;
  /** The first working day of its duration, as its midnight in UTC. */
  start_date: string | null;
  /** Working days that it takes, the due date included. */
  duration_days: number;
  /** The first due date that it had. */
  baseline_due_date: string | null;
  /** Working days by which it is due later than at first; negative: earlier. */
  slip_days: number | null;
  /** What has to be finished before it may start. */
  depends_on: Dependency[];
  /** How many subtasks it has. */
  subtask_count: number;
  /** How many of them are done. */
  completed_subtask_count: number;
  /** Whether it is at the top of its onboarding. */
  pinned: boolean;
  /** Its key in the template that it came from. */
  template_task_key: string | null;
  /** When it was done; `null` while it is open. */
  completed_at: string | null;
  /**
   * A teammate's e-mail, `API: ` and a key's name, `portal:contact_…` for a contact, or the automation's name;
   * `automation:subtasks` where its last subtask was completed.
   */
  completed_by: string | null;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
  /** From the task itself to the root cause; each step explains what the one before counts from. */
  chain: ReasonStep[];
  /** The template that it came from. */
  template: Origin | null;
}

/** A template with its tasks. */
export interface Template {
  /** Always `template`. */
  object: "template";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** For people. */
  name: string;
  /** Markdown. */
  description: string | null;
  /** Number of the version that is shown; from 1. */
  version: number;
  /** Keys of the phases that it has tasks in. */
  phases: string[];
  /** How many tasks and subtasks it has. */
  task_count: number;
  /** Whether it is no longer offered. */
  archived: boolean;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
  /** Its tasks in their order, each with its subtasks. */
  tasks: TemplateTask[];
}

/** The tasks that landed, or that would. */
export interface TemplateApplication {
  /** Always `template_application`. */
  object: "template_application";
  /** The onboarding's cuid. */
  onboarding_id: string;
  /** The template's cuid. */
  template_id: string;
  /** Number of the version that was applied. */
  version: number;
  /** Whether this only tells what would happen. */
  dry_run: boolean;
  /** In the template's order, subtasks right after their task. */
  tasks: Task[];
  /** Tasks of before whose due date moves. */
  moves: TaskMove[];
}

/** A task of the template that has to be finished before. */
export interface TemplateDependency {
  /** Its key. */
  task: string;
  /** Working days that have to lie in between. */
  lag_days?: number;
}

/** When a task is due: so many working days from the onboarding's start, its phase, launch, or another task. */
export interface TemplateDue {
  /** What it counts from. */
  type: "start" | "phase" | "launch" | "task" | Other;
  /** Working days after the anchor, or before it where negative. */
  days: number;
  /** Of the type `task`: the key of what it counts from. */
  task?: string | null;
}

/** Something to read; it stands at the end of the task's description. */
export interface TemplateLink {
  /** What people see. */
  label: string;
  /** Where it leads: `https://` or `http://`. */
  url: string;
}

/** A page of templates, newest first. */
export interface TemplateList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: TemplateSummary[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** A part of a task, in the same phase. */
export interface TemplateSubtask {
  /** Its name in the template; no other task or subtask has it. */
  key: string;
  /** What is to be done, in a line. */
  title: string;
  /** Markdown. */
  description?: string | null;
  /** Whoever has this part in the onboarding. */
  assignee_role?: "csm" | "se" | "designer" | "product_ops" | Other | null;
  /** Without it, what it depends on decides. */
  due?: TemplateDue | null;
  /** Working days that it takes, the due date included. */
  duration_days?: number;
  /** What has to be finished before it may start. */
  depends_on?: TemplateDependency[];
  /** Whether the customer sees it. */
  visible_in_portal?: boolean;
  /** What to read for it. */
  links?: TemplateLink[];
}

/** A plan that is made once and lands in many onboardings, without its tasks. */
export interface TemplateSummary {
  /** Always `template`. */
  object: "template";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** A short number that counts up within the workspace. Paths take it as well as the `id`. */
  display_id: number;
  /** For people. */
  name: string;
  /** Markdown. */
  description: string | null;
  /** Number of the version that is shown; from 1. */
  version: number;
  /** Keys of the phases that it has tasks in. */
  phases: string[];
  /** How many tasks and subtasks it has. */
  task_count: number;
  /** Whether it is no longer offered. */
  archived: boolean;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A task that lands with the template. */
export interface TemplateTask {
  /** Its name in the template; no other task or subtask has it. */
  key: string;
  /** What is to be done, in a line. */
  title: string;
  /** Markdown. */
  description?: string | null;
  /** Whoever has this part in the onboarding. */
  assignee_role?: "csm" | "se" | "designer" | "product_ops" | Other | null;
  /** Without it, what it depends on decides. */
  due?: TemplateDue | null;
  /** Working days that it takes, the due date included. */
  duration_days?: number;
  /** What has to be finished before it may start. */
  depends_on?: TemplateDependency[];
  /** Whether the customer sees it. */
  visible_in_portal?: boolean;
  /** What to read for it. */
  links?: TemplateLink[];
  /** Key of the phase that it belongs to. */
  phase:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | Other;
  /** Its parts. */
  subtasks?: TemplateSubtask[];
}

/** A version of a template; it never changes. */
export interface TemplateVersion {
  /** Always `template_version`. */
  object: "template_version";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** The template's cuid. */
  template_id: string;
  /** Counts from 1. */
  number: number;
  /** How many tasks and subtasks it has. */
  task_count: number;
  /** Name of the teammate or API key. */
  created_by: string;
  /** When it was made. */
  created_at: string;
}

/** A page of a template's versions, newest first. */
export interface TemplateVersionList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: TemplateVersion[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** What a test event tells. */
export interface TestEventData {
  /** The resource after the change. */
  object: Record<string, unknown>;
  /** The former values of the fields that changed. */
  previous_attributes?: Record<string, unknown> | null | undefined;
}

/** Who did it: an API key, a teammate, a portal user, an integration or the product itself. */
export interface TimelineActor {
  /** `api_key`, `person`, `portal`, `integration` or `system`. */
  type: string;
  /** Id of the API key or teammate. */
  id: string;
  /** For people, such as `API: prod-server`. */
  name: string;
}

/** What somebody did to a customer or to something of its. */
export interface TimelineEvent {
  /** Always `timeline_event`. */
  object: "timeline_event";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** What happened, such as `customer.updated`. */
  type: string;
  /** Who did it. */
  actor: TimelineActor;
  /** When it happened. */
  created_at: string;
  /** The same in words. */
  summary: string;
  /** More about it, by its type: `changes` has the value of each changed field before and after. */
  data: Record<string, unknown>;
  /** `false` where a test key did it. */
  livemode: boolean;
}

/** A page of activity, newest first. */
export interface TimelineEventList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: TimelineEvent[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** An address that events are sent to, and how it fares. */
export interface WebhookEndpoint {
  /** Always `webhook_endpoint`. */
  object: "webhook_endpoint";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** Where events are posted to. */
  url: string;
  /** For people. */
  description: string | null;
  /** Which events it gets: event types, `<resource>.*` or `*`. */
  events: (
    | "*"
    | "contact.*"
    | "customer.*"
    | "lead.*"
    | "onboarding.*"
    | "task.*"
    | "contact.created"
    | "contact.deleted"
    | "contact.updated"
    | "customer.archived"
    | "customer.at_risk"
    | "customer.churned"
    | "customer.created"
    | "customer.health_score_dropped"
    | "customer.updated"
    | "lead.created"
    | "lead.deleted"
    | "lead.lost"
    | "lead.merged"
    | "lead.stage_changed"
    | "lead.updated"
    | "lead.won"
    | "onboarding.at_risk"
    | "onboarding.back_on_track"
    | "onboarding.completed"
    | "onboarding.created"
    | "onboarding.launched"
    | "onboarding.phase_changed"
    | "onboarding.state_changed"
    | "task.completed"
    | "task.created"
    | "task.reopened"
    | "task.updated"
    | Other
  )[];
  /** `true`: it gets the events of test keys and no others; `false`: those of live keys. */
  test_mode: boolean;
  /** Deliveries a second at most; `null` for no limit. */
  rate_limit: number | null;
  /** Whether events are sent to it. */
  status: "enabled" | "disabled" | Other;
  /** `failures` where too many deliveries in a row failed for good. */
  disabled_reason: "manual" | "failures" | Other | null;
  /** Since when nothing is sent to it; `null` while it is enabled. */
  disabled_at: string | null;
  /** A delivery failed for good, and none has succeeded since. */
  unhealthy: boolean;
  /** Deliveries that failed for good since the last success. */
  consecutive_failures: number;
  /** Deliveries that failed for good, ever. */
  failed_deliveries: number;
  /** Up to when the secret before the last rotation signs beside the new one. */
  previous_secret_expires_at: string | null;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
}

/** A page of endpoints, newest first. */
export interface WebhookEndpointList {
  /** Always `list`. */
  object: "list";
  /** The rows of this page, in the order of the list. */
  data: WebhookEndpoint[];
  /** Whether another page follows. */
  has_more: boolean;
  /** What to send as `cursor` for the next page; `null` on the last one. */
  next_cursor: string | null;
}

/** An endpoint at the moments when its secret is shown. */
export interface WebhookEndpointWithSecret {
  /** Always `webhook_endpoint`. */
  object: "webhook_endpoint";
  /** Its id, which never changes. Paths take it. */
  id: string;
  /** Where events are posted to. */
  url: string;
  /** For people. */
  description: string | null;
  /** Which events it gets: event types, `<resource>.*` or `*`. */
  events: (
    | "*"
    | "contact.*"
    | "customer.*"
    | "lead.*"
    | "onboarding.*"
    | "task.*"
    | "contact.created"
    | "contact.deleted"
    | "contact.updated"
    | "customer.archived"
    | "customer.at_risk"
    | "customer.churned"
    | "customer.created"
    | "customer.health_score_dropped"
    | "customer.updated"
    | "lead.created"
    | "lead.deleted"
    | "lead.lost"
    | "lead.merged"
    | "lead.stage_changed"
    | "lead.updated"
    | "lead.won"
    | "onboarding.at_risk"
    | "onboarding.back_on_track"
    | "onboarding.completed"
    | "onboarding.created"
    | "onboarding.launched"
    | "onboarding.phase_changed"
    | "onboarding.state_changed"
    | "task.completed"
    | "task.created"
    | "task.reopened"
    | "task.updated"
    | Other
  )[];
  /** `true`: it gets the events of test keys and no others; `false`: those of live keys. */
  test_mode: boolean;
  /** Deliveries a second at most; `null` for no limit. */
  rate_limit: number | null;
  /** Whether events are sent to it. */
  status: "enabled" | "disabled" | Other;
  /** `failures` where too many deliveries in a row failed for good. */
  disabled_reason: "manual" | "failures" | Other | null;
  /** Since when nothing is sent to it; `null` while it is enabled. */
  disabled_at: string | null;
  /** A delivery failed for good, and none has succeeded since. */
  unhealthy: boolean;
  /** Deliveries that failed for good since the last success. */
  consecutive_failures: number;
  /** Deliveries that failed for good, ever. */
  failed_deliveries: number;
  /** Up to when the secret before the last rotation signs beside the new one. */
  previous_secret_expires_at: string | null;
  /** When it was made. */
  created_at: string;
  /** When it was last changed. */
  updated_at: string;
  /** What verifies the signatures. It is not shown again. */
  secret: string;
}
