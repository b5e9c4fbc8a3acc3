// Made by `make sdk-generate` of the API's description. Do not edit.
import type { Filters } from "../transport.js";
import type * as models from "./models.js";

/** What `customers.list` takes. */
export interface CustomersListParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
  /** Only those that have this tag. */
  tag?: string | undefined;
  /**
   * `custom_fields[key]=value`: only those whose field has this value. Numbers and dates can be compared as well:
   * `custom_fields[key][gte]=value`, likewise `lte`, `gt` and `lt`. Where several are sent, all have to hold.
   */
  custom_fields?: Filters | undefined;
  /** Only customers with this status. */
  status?: "active" | "onboarding" | "at_risk" | "churned" | "low_touch" | models.Other | undefined;
  /** Only the customer with this slug. */
  slug?: string | undefined;
  /** Only the customer with this domain, in upper or lower case. */
  domain?: string | undefined;
  /** Only the customer with this id in HubSpot. */
  hubspot_company_id?: string | undefined;
  /** Only customers with this deal in HubSpot. */
  hubspot_deal_id?: string | undefined;
  /** Only the customer with this id in Stripe. */
  stripe_customer_id?: string | undefined;
  /** Only the customer with this id in Intercom. */
  intercom_company_id?: string | undefined;
  /** Only customers with this Slack channel. */
  slack_channel_id?: string | undefined;
  /** Only what was updated at this instant or later. */
  updated_since?: string | Date | undefined;
  /** `true` shows the archived customers instead. */
  archived?: boolean | undefined;
}

/** What `customers.create` takes. */
export interface CustomersCreateParams {
  /** The company's name. */
  name: string;
  /** A short name of your own, of `a-z`, `0-9`, `_` and `-`; no two customers share one. */
  slug?: string | null | undefined;
  /** The company's or shop's domain, in lower case; no two customers share one. */
  domain?: string | null | undefined;
  /** `active`, `onboarding`, `at_risk`, `churned` or `low_touch`; a later version may add some. */
  status?: "active" | "onboarding" | "at_risk" | "churned" | "low_touch" | models.Other | undefined;
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

/** What `customers.count` takes. */
export interface CustomersCountParams {
  /** Only those that have this tag. */
  tag?: string | undefined;
  /**
   * `custom_fields[key]=value`: only those whose field has this value. Numbers and dates can be compared as well:
   * `custom_fields[key][gte]=value`, likewise `lte`, `gt` and `lt`. Where several are sent, all have to hold.
   */
  custom_fields?: Filters | undefined;
  /** Only customers with this status. */
  status?: "active" | "onboarding" | "at_risk" | "churned" | "low_touch" | models.Other | undefined;
  /** Only the customer with this slug. */
  slug?: string | undefined;
  /** Only the customer with this domain, in upper or lower case. */
  domain?: string | undefined;
  /** Only the customer with this id in HubSpot. */
  hubspot_company_id?: string | undefined;
  /** Only customers with this deal in HubSpot. */
  hubspot_deal_id?: string | undefined;
  /** Only the customer with this id in Stripe. */
  stripe_customer_id?: string | undefined;
  /** Only the customer with this id in Intercom. */
  intercom_company_id?: string | undefined;
  /** Only customers with this Slack channel. */
  slack_channel_id?: string | undefined;
  /** Only what was updated at this instant or later. */
  updated_since?: string | Date | undefined;
  /** `true` shows the archived customers instead. */
  archived?: boolean | undefined;
}

/** What `customers.update` takes. */
export interface CustomersUpdateParams {
  /** The company's name. */
  name?: string | undefined;
  /** A short name of your own, of `a-z`, `0-9`, `_` and `-`; no two customers share one. */
  slug?: string | null | undefined;
  /** The company's or shop's domain, in lower case; no two customers share one. */
  domain?: string | null | undefined;
  /** `active`, `onboarding`, `at_risk`, `churned` or `low_touch`; a later version may add some. */
  status?: "active" | "onboarding" | "at_risk" | "churned" | "low_touch" | models.Other | undefined;
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
  /** Takes the customer out of default lists, or back in. */
  archived?: boolean | undefined;
}

/** What `customers.listTimeline` takes. */
export interface CustomersListTimelineParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `contacts.list` takes. */
export interface ContactsListParams {
  /** `true` shows the archived contacts instead. */
  archived?: boolean | undefined;
}

/** What `contacts.create` takes. */
export interface ContactsCreateParams {
  /** The person's name. */
  name: string;
  /** Unique among the customer's contacts; stored in lower case. */
  email: string;
  /** What they do at the customer. */
  title?: string | null | undefined;
  /** Their telephone number, as it was given. */
  phone?: string | null | undefined;
  /** It begins with `https://` or `http://`. */
  linkedin_url?: string | null | undefined;
  /** Where they are, such as a city. */
  location?: string | null | undefined;
  /** Unless it is sent, a customer's first contact becomes primary and any other does not. */
  is_primary?: boolean | undefined;
  /** Words of your own to tell contacts apart by, such as `billing`. */
  labels?: string[] | undefined;
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata?: Record<string, unknown> | null | undefined;
}

/** What `contacts.update` takes. */
export interface ContactsUpdateParams {
  /** The person's name. */
  name?: string | undefined;
  /** Unique among the customer's contacts; stored in lower case. */
  email?: string | undefined;
  /** What they do at the customer. */
  title?: string | null | undefined;
  /** Their telephone number, as it was given. */
  phone?: string | null | undefined;
  /** It begins with `https://` or `http://`. */
  linkedin_url?: string | null | undefined;
  /** Where they are, such as a city. */
  location?: string | null | undefined;
  /** `true` takes the place of the customer's primary contact until now. */
  is_primary?: boolean | undefined;
  /** Words of your own to tell contacts apart by, such as `billing`. */
  labels?: string[] | undefined;
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata?: Record<string, unknown> | null | undefined;
  /** Takes the contact out of default lists, or back in. */
  archived?: boolean | undefined;
}

/** What `leads.list` takes. */
export interface LeadsListParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
  /** A pipeline's `id` or `display_id`. */
  pipeline?: string | undefined;
  /** Key of a stage. */
  stage?: string | undefined;
  /** The kind of the stage. */
  status?: "open" | "won" | "lost" | models.Other | undefined;
  /** Id of a teammate, or `unassigned`. */
  owner?: string | undefined;
  /** Id of a teammate. */
  assignee?: string | undefined;
  /** By which door it came. */
  source?: string | undefined;
  /** What made it come. */
  lead_source?: string | undefined;
  /** In upper or lower case. */
  email?: string | undefined;
  /** `true` shows the archived leads instead. */
  archived?: boolean | undefined;
}

/** What `leads.create` takes. */
export interface LeadsCreateParams {
  /** The whole name; instead of it, `first_name` and `last_name` make one. */
  name?: string | null | undefined;
  /** As it was sent, or the first word of the name. */
  first_name?: string | null | undefined;
  /** What follows the first name. */
  last_name?: string | null | undefined;
  /** Stored in lower case; several leads may have the same one. */
  email?: string | null | undefined;
  /** As it was sent. */
  phone?: string | null | undefined;
  /** Where they work. */
  company?: string | null | undefined;
  /** What they do there. */
  title?: string | null | undefined;
  /** Their profile. */
  linkedin_url?: string | null | undefined;
  /** Where they are. */
  location?: string | null | undefined;
  /** Id of the teammate who looks after it. */
  owner?: string | null | undefined;
  /** The owner's e-mail; in a request another way to say who that is. */
  owner_email?: string | null | undefined;
  /** Ids of teammates who work on it, besides its owner. */
  assignees?: string[] | undefined;
  /** By which door it came; `api` unless it says another. */
  source?: string | null | undefined;
  /** What made it come, such as a fair or a friend. */
  lead_source?: string | null | undefined;
  /** The pipeline's `id` or `display_id`; the first one unless sent. */
  pipeline?: string | null | undefined;
  /** Its first open stage unless sent. */
  stage?: string | null | undefined;
  /** Words of your own to tell leads apart by. */
  labels?: string[] | undefined;
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata?: Record<string, unknown> | null | undefined;
}

/** What `leads.update` takes. */
export interface LeadsUpdateParams {
  /** The whole name; instead of it, `first_name` and `last_name` make one. */
  name?: string | undefined;
  /** As it was sent, or the first word of the name. */
  first_name?: string | undefined;
  /** What follows the first name. */
  last_name?: string | null | undefined;
  /** Stored in lower case; several leads may have the same one. */
  email?: string | null | undefined;
  /** As it was sent. */
  phone?: string | null | undefined;
  /** Where they work. */
  company?: string | null | undefined;
  /** What they do there. */
  title?: string | null | undefined;
  /** Their profile. */
  linkedin_url?: string | null | undefined;
  /** Where they are. */
  location?: string | null | undefined;
  /** Id of the teammate who looks after it. */
  owner?: string | null | undefined;
  /** The owner's e-mail; in a request another way to say who that is. */
  owner_email?: string | null | undefined;
  /** Ids of teammates who work on it, besides its owner. */
  assignees?: string[] | undefined;
  /** By which door it came; `api` unless it says another. */
  source?: string | null | undefined;
  /** What made it come, such as a fair or a friend. */
  lead_source?: string | null | undefined;
  /** Words of your own to tell leads apart by. */
  labels?: string[] | undefined;
  /** Opaque to Pivotal, returned as sent; up to 16 KiB. */
  metadata?: Record<string, unknown> | null | undefined;
  /** Takes the lead out of default lists, or back in. */
  archived?: boolean | undefined;
}

/** What `leads.move` takes. */
export interface LeadsMoveParams {
  /** Key of an open or a lost stage; a lead is won with `win`. */
  stage: string;
  /** The pipeline's `id` or `display_id`, where it is another one. */
  pipeline?: string | null | undefined;
  /** Why; kept with the stage transition, and as `lost_reason` where the stage is lost. */
  reason?: string | null | undefined;
}

/** What `leads.listStageTransitions` takes. */
export interface LeadsListStageTransitionsParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `leads.win` takes. */
export interface LeadsWinParams {
  /** What the new customer is to be; unless it says so, the lead's owner becomes its owner. */
  customer?: models.CustomerOfLead | null | undefined;
  /** Whose contact the lead becomes, where the customer is there already: its id or display_id. */
  customer_id?: string | null | undefined;
  /** The onboarding that begins; `null` starts none. */
  onboarding?: models.OnboardingOfLead | null | undefined;
  /** The contact's e-mail, where the lead has none or another. */
  email?: string | null | undefined;
  /** Unless it is sent, the lead becomes the primary contact of a customer that has no contact yet. */
  is_primary?: boolean | undefined;
  /** Why it was won, for the history of its stages. */
  reason?: string | null | undefined;
  /** Show what would happen, and change nothing. */
  dry_run?: boolean | undefined;
}

/** What `leads.listDuplicates` takes. */
export interface LeadsListDuplicatesParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `leads.merge` takes. */
export interface LeadsMergeParams {
  /** The lead that becomes a part of this one, by id or display_id; it is deleted. */
  duplicate: string;
  /** Show what would happen, and change nothing. */
  dry_run?: boolean | undefined;
}

/** What `leads.listMerges` takes. */
export interface LeadsListMergesParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `pipelines.create` takes. */
export interface PipelinesCreateParams {
  /** Unique in the workspace, in upper or lower case. */
  name: string;
  /** All of them, in order: one that is won, and at least one each that is open and lost. */
  stages?: models.StageBody[] | null | undefined;
  /** The last place unless it is sent. */
  position?: number | null | undefined;
}

/** What `pipelines.update` takes. */
export interface PipelinesUpdateParams {
  /** Unique in the workspace, in upper or lower case. */
  name?: string | undefined;
  /** Its place among the pipelines, from 1; leads that name none come to the first. */
  position?: number | undefined;
  /** All of them, in order: one that is won, and at least one each that is open and lost. */
  stages?: models.StageBody[] | undefined;
  /**
   * For each stage that is left out of `stages` and has leads: the stage that they go to, which has to be of the same
   * kind.
   */
  moved_stages?: Record<string, string> | undefined;
}

/** What `messages.list` takes. */
export interface MessagesListParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `messages.create` takes. */
export interface MessagesCreateParams {
  /** What it went over. */
  channel: "email" | "sms" | "whatsapp" | "linkedin" | "call" | "chat" | "other" | models.Other;
  /** `outbound`: to the contact; `inbound`: from the contact. */
  direction: "inbound" | "outbound" | models.Other;
  /** Unless it is sent: `sent` for an outbound message, `delivered` for an inbound one. */
  status?: "queued" | "sent" | "delivered" | "read" | "replied" | "failed" | models.Other | undefined;
  /** Its subject, if it has one. */
  subject?: string | null | undefined;
  /** What it says, up to 100 kB. */
  body?: string | null | undefined;
  /** Why it failed; kept for as long as the status is `failed`. */
  error?: string | null | undefined;
  /** What your system calls it. Sent again, it finds the message that is there. */
  external_id?: string | null | undefined;
  /** When it was written or sent: now, unless it says; a queued message's moves to when it is sent. */
  sent_at?: string | Date | undefined;
}

/** What `messages.update` takes. */
export interface MessagesUpdateParams {
  /** One that the message has left behind changes nothing: reports may come out of order. */
  status?: "queued" | "sent" | "delivered" | "read" | "replied" | "failed" | models.Other | undefined;
  /** Why it failed; kept for as long as the status is `failed`. */
  error?: string | null | undefined;
  /** What the system that sent it calls it; no two messages share one. */
  external_id?: string | null | undefined;
  /** When it was written or sent: now, unless it says; a queued message's moves to when it is sent. */
  sent_at?: string | Date | undefined;
}

/** What `calendar.update` takes. */
export interface CalendarUpdateParams {
  /** IANA name, such as `Europe/Berlin`; says when a day begins. */
  time_zone?: string | undefined;
  /** ISO numbers: 1 is Monday, 7 Sunday. */
  working_weekdays?: number[] | undefined;
  /**
   * Whose public holidays are days off; list-calendar-countries tells the codes. Another country clears the
   * subdivision, unless that is sent as well.
   */
  holidays_country?: string | null | undefined;
  /** State or region of the country. */
  holidays_subdivision?: string | null | undefined;
  /** Not worked, on top of holidays. */
  extra_days_off?: string[] | undefined;
  /** Worked, whatever else they are. */
  extra_working_days?: string[] | undefined;
}

/** What `calendar.listDays` takes. */
export interface CalendarListDaysParams {
  /** The first day to look at; today, by the calendar's time zone, unless given. */
  from?: string | undefined;
  /** The last day to look at, at most 366 in all; 30 days after the first unless given. */
  to?: string | undefined;
}

/** What `calendar.updateForCustomer` takes. */
export interface CalendarUpdateForCustomerParams {
  /** IANA name, such as `Europe/Berlin`; says when a day begins. */
  time_zone?: string | undefined;
  /** ISO numbers: 1 is Monday, 7 Sunday. */
  working_weekdays?: number[] | undefined;
  /**
   * Whose public holidays are days off; list-calendar-countries tells the codes. Another country clears the
   * subdivision, unless that is sent as well.
   */
  holidays_country?: string | null | undefined;
  /** State or region of the country. */
  holidays_subdivision?: string | null | undefined;
  /** Not worked, on top of holidays. */
  extra_days_off?: string[] | undefined;
  /** Worked, whatever else they are. */
  extra_working_days?: string[] | undefined;
}

/** What `calendar.listDaysForCustomer` takes. */
export interface CalendarListDaysForCustomerParams {
  /** The first day to look at; today, by the calendar's time zone, unless given. */
  from?: string | undefined;
  /** The last day to look at, at most 366 in all; 30 days after the first unless given. */
  to?: string | undefined;
}

/** What `onboardings.list` takes. */
export interface OnboardingsListParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
  /** Only those that have this tag. */
  tag?: string | undefined;
  /**
   * `custom_fields[key]=value`: only those whose field has this value. Numbers and dates can be compared as well:
   * `custom_fields[key][gte]=value`, likewise `lte`, `gt` and `lt`. Where several are sent, all have to hold.
   */
  custom_fields?: Filters | undefined;
  /** The customer's display_id or cuid. */
  customer_id?: string | undefined;
  /** Only onboardings in this state. */
  state?: "active" | "paused" | "at_risk" | "waiting" | "blocked" | models.Other | undefined;
  /** Only onboardings in the phase with this key. */
  phase?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other
    | undefined;
  /** Only what was updated at this instant or later. */
  updated_since?: string | Date | undefined;
}

/** What `onboardings.create` takes. */
export interface OnboardingsCreateParams {
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
  /** The customer's display_id, as a string, or cuid. */
  customer_id: string;
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
    | models.Other
    | undefined;
  /** `waiting` and `waiting_on_customer` are one and the same; it suspends the SLA clock. */
  state?: "active" | "paused" | "at_risk" | "waiting" | "blocked" | models.Other | undefined;
  /** Whether contacts are reminded by mail of what is overdue on their side. */
  reminder_email?: boolean | undefined;
  /** Whether reminders may go by Slack; kept for it, and mails do not depend on it. */
  reminder_slack?: boolean | undefined;
  /** Days between two reminders to the same contact. */
  reminder_frequency_days?: number | undefined;
}

/** What `onboardings.update` takes. */
export interface OnboardingsUpdateParams {
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
  /** For people; the customer's name unless you gave another. */
  name?: string | undefined;
  /** Key of one of the workspace's phases; list-phases tells them. */
  phase?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other
    | undefined;
  /** `waiting` and `waiting_on_customer` are one and the same; it suspends the SLA clock. */
  state?: "active" | "paused" | "at_risk" | "waiting" | "blocked" | models.Other | undefined;
  /**
   * `true` makes the state `waiting`; `false` makes `waiting` `active` and changes nothing else. Where `state` is sent
   * as well, that decides.
   */
  waiting_on_customer?: boolean | undefined;
  /** Whether contacts are reminded by mail of what is overdue on their side. */
  reminder_email?: boolean | undefined;
  /** Whether reminders may go by Slack; kept for it, and mails do not depend on it. */
  reminder_slack?: boolean | undefined;
  /** Days between two reminders to the same contact. */
  reminder_frequency_days?: number | undefined;
  /** Why; kept with the phase transition, launch date shift and timeline entry. */
  reason?: string | null | undefined;
}

/** What `onboardings.listPhaseTransitions` takes. */
export interface OnboardingsListPhaseTransitionsParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `onboardings.listLaunchDateShifts` takes. */
export interface OnboardingsListLaunchDateShiftsParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `onboardings.previewUpdate` takes. */
export interface OnboardingsPreviewUpdateParams {
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
  /** For people; the customer's name unless you gave another. */
  name?: string | undefined;
  /** Key of one of the workspace's phases; list-phases tells them. */
  phase?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other
    | undefined;
  /** `waiting` and `waiting_on_customer` are one and the same; it suspends the SLA clock. */
  state?: "active" | "paused" | "at_risk" | "waiting" | "blocked" | models.Other | undefined;
  /**
   * `true` makes the state `waiting`; `false` makes `waiting` `active` and changes nothing else. Where `state` is sent
   * as well, that decides.
   */
  waiting_on_customer?: boolean | undefined;
  /** Whether contacts are reminded by mail of what is overdue on their side. */
  reminder_email?: boolean | undefined;
  /** Whether reminders may go by Slack; kept for it, and mails do not depend on it. */
  reminder_slack?: boolean | undefined;
  /** Days between two reminders to the same contact. */
  reminder_frequency_days?: number | undefined;
  /** Why; kept with the phase transition, launch date shift and timeline entry. */
  reason?: string | null | undefined;
}

/** What `onboardings.advance` takes. */
export interface OnboardingsAdvanceParams {
  /** Why; kept with the phase transition and the timeline entry. */
  reason?: string | null | undefined;
}

/** What `onboardings.sendBack` takes. */
export interface OnboardingsSendBackParams {
  /** Key of one of the workspace's phases; list-phases tells them. */
  to?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other
    | null
    | undefined;
  /** Why; kept with the phase transition. */
  reason: string;
}

/** What `onboardings.skip` takes. */
export interface OnboardingsSkipParams {
  /** A phase beyond the next one. */
  to:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other;
  /** Why; kept with the phase transition and the timeline entry. */
  reason?: string | null | undefined;
}

/** What `phases.list` takes. */
export interface PhasesListParams {
  /** `true` lists the retired phases instead, the last one first. */
  retired?: boolean | undefined;
}

/** What `phases.create` takes. */
export interface PhasesCreateParams {
  /** Made of the name unless it is sent. It never changes, and no later phase gets it. */
  key?: string | null | undefined;
  /** For people. */
  name: string;
  /** Days that the phase should take; 0 where it has no target. */
  target_days: number;
  /** There is exactly one `terminal` phase and at most one `launch` phase. */
  kind?: "normal" | "launch" | "terminal" | models.Other | undefined;
  /** Before the terminal phase unless it is sent. */
  position?: number | null | undefined;
}

/** What `phases.update` takes. */
export interface PhasesUpdateParams {
  /** For people. */
  name?: string | undefined;
  /** Days that the phase should take; 0 where it has no target. */
  target_days?: number | undefined;
  /** There is exactly one `terminal` phase and at most one `launch` phase. */
  kind?: "normal" | "launch" | "terminal" | models.Other | undefined;
  /** Its place in the order, from 1; the terminal phase is always the last. */
  position?: number | undefined;
}

/** What `phases.retire` takes. */
export interface PhasesRetireParams {
  /** Where its onboardings go: the phase before it unless given, or after it if it is the first. */
  move_to?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other
    | undefined;
}

/** What `phases.applyPreset` takes. */
export interface PhasesApplyPresetParams {
  /** Key of the preset, as list-phase-presets tells it. */
  preset: "seven_phases" | "five_phases" | models.Other;
  /**
   * To which phase of the preset the onboardings of each of your phases go. A phase that the preset has too may be left
   * out, and so may one without onboardings; a preview proposes what is left out.
   */
  mapping?: Record<string, string> | undefined;
  /** Show what would happen, and change nothing. */
  dry_run?: boolean | undefined;
}

/** What `tasks.list` takes. */
export interface TasksListParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
  /** The teammate's id. */
  assignee_id?: string | undefined;
  /** The contact's display_id or cuid. */
  assignee_contact_id?: string | undefined;
  /** The onboarding's display_id or cuid. */
  onboarding_id?: string | undefined;
  /** Only what is open, or what is done. */
  status?: "open" | "completed" | models.Other | undefined;
  /** Only tasks of the phase with this key. */
  phase?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other
    | undefined;
  /** Only those whose due date is before this instant. */
  due_before?: string | Date | undefined;
  /** Only those whose due date is after this instant. */
  due_after?: string | Date | undefined;
  /** `true`: only open ones that were due before today. */
  overdue?: boolean | undefined;
  /** Only what was updated at this instant or later. */
  updated_since?: string | Date | undefined;
  /**
   * `created`: newest first. `due`: soonest due first, without those that have no due date; the default where the due
   * date is asked for, and then the only one.
   */
  order?: "created" | "due" | models.Other | undefined;
}

/** What `tasks.create` takes. */
export interface TasksCreateParams {
  /** Markdown, up to 100 kB. */
  description?: string | null | undefined;
  /** Id of a teammate in this workspace. */
  assignee_id?: string | null | undefined;
  /** Whoever has this part in the onboarding. */
  assignee_role?: "csm" | "se" | "designer" | "product_ops" | models.Other | null | undefined;
  /** Cuid or display_id of a contact of the same customer. */
  assignee_contact_id?: string | null | undefined;
  /** Without it, what it depends on decides. */
  due?: models.DueRule | null | undefined;
  /** Short for `due` with the type `fixed`. */
  due_date?: string | Date | null | undefined;
  /** What is to be done, in a line. */
  title: string;
  /** The onboarding's current phase unless it is sent; a subtask is in its parent's. */
  phase?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other
    | undefined;
  /** Makes it a subtask of this task, which may be no subtask itself. */
  parent_id?: string | null | undefined;
  /** Working days that it takes, the due date included. */
  duration_days?: number | undefined;
  /** What has to be finished before it may start. */
  depends_on?: models.DependencyIn[] | undefined;
  /** Whether the customer sees it. */
  visible_in_portal?: boolean | undefined;
  /** Its place, from 1; the last unless it is sent. */
  position?: number | undefined;
  /** `true`: answer what would change, and change nothing. */
  dry_run?: boolean | undefined;
}

/** What `tasks.completeMany` takes. */
export interface TasksCompleteManyParams {
  /** All of them are completed, or none. */
  task_ids: string[];
}

/** What `tasks.update` takes. */
export interface TasksUpdateParams {
  /** Markdown, up to 100 kB. */
  description?: string | null | undefined;
  /** Id of a teammate in this workspace. */
  assignee_id?: string | null | undefined;
  /** Whoever has this part in the onboarding. */
  assignee_role?: "csm" | "se" | "designer" | "product_ops" | models.Other | null | undefined;
  /** Cuid or display_id of a contact of the same customer. */
  assignee_contact_id?: string | null | undefined;
  /** Without it, what it depends on decides. */
  due?: models.DueRule | null | undefined;
  /** Short for `due` with the type `fixed`. */
  due_date?: string | Date | null | undefined;
  /** What is to be done, in a line. */
  title?: string | undefined;
  /** Its subtasks come along; it becomes the last there. */
  phase?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other
    | undefined;
  /** Working days that it takes, the due date included. */
  duration_days?: number | undefined;
  /** Replaces all that it depended on. */
  depends_on?: models.DependencyIn[] | undefined;
  /** Whether the customer sees it. */
  visible_in_portal?: boolean | undefined;
  /** `true`: answer what would change, and change nothing. */
  dry_run?: boolean | undefined;
}

/** What `tasks.complete` takes. */
export interface TasksCompleteParams {
  /** When it was done, if that was earlier than now. */
  completed_at?: string | Date | null | undefined;
  /** `true` completes its open subtasks as well. */
  subtasks?: boolean | undefined;
  /** `true`: answer what would change, and change nothing. */
  dry_run?: boolean | undefined;
}

/** What `tasks.reopen` takes. */
export interface TasksReopenParams {
  /** `true`: answer what would change, and change nothing. */
  dry_run?: boolean | undefined;
}

/** What `tasks.move` takes. */
export interface TasksMoveParams {
  /** Where it stands unless it is sent. */
  phase?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other
    | undefined;
  /** Its place, from 1; beyond the last, it becomes the last. */
  position: number;
}

/** What `templates.list` takes. */
export interface TemplatesListParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
  /** Only those that have tasks in this phase. */
  phase?:
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other
    | undefined;
  /** `true` shows the archived templates instead. */
  archived?: boolean | undefined;
}

/** What `templates.create` takes. */
export interface TemplatesCreateParams {
  /** The template's name. */
  name: string;
  /** Markdown. */
  description?: string | null | undefined;
  /** Up to 500, their subtasks included. */
  tasks?: models.TemplateTask[] | undefined;
}

/** What `templates.importTemplate` takes. */
export interface TemplatesImportTemplateParams {
  /** The file, as export-template makes it. */
  yaml: string;
}

/** What `templates.get` takes. */
export interface TemplatesGetParams {
  /** Number of a version; the current one without it. */
  version?: number | undefined;
}

/** What `templates.update` takes. */
export interface TemplatesUpdateParams {
  /** For people. */
  name?: string | undefined;
  /** Markdown. */
  description?: string | null | undefined;
  /** All of them. */
  tasks?: models.TemplateTask[] | undefined;
  /** `true`: it is not offered any more, and cannot be applied. */
  archived?: boolean | undefined;
}

/** What `templates.listVersions` takes. */
export interface TemplatesListVersionsParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `templates.export` takes. */
export interface TemplatesExportParams {
  /** Number of a version; the current one without it. */
  version?: number | undefined;
}

/** What `templates.apply` takes. */
export interface TemplatesApplyParams {
  /** Cuid or display_id of the template. */
  template_id: string;
  /** Number of the version; the current one unless it is sent. */
  version?: number | null | undefined;
  /** Only the tasks of these phases. */
  phases?: (
    | "before_getting_started"
    | "program_design"
    | "review"
    | "program_buildout"
    | "internal_qa"
    | "launch"
    | "completed"
    | models.Other
  )[] | null | undefined;
  /** Only these tasks, each with all its subtasks. */
  task_keys?: string[] | null | undefined;
  /** `true`: tasks that landed before may land a second time. */
  again?: boolean | undefined;
  /** `true`: answer what would change, and change nothing. */
  dry_run?: boolean | undefined;
}

/** What `templates.saveFromOnboarding` takes. */
export interface TemplatesSaveFromOnboardingParams {
  /** The template's. */
  name: string;
  /** The template's, in Markdown. */
  description?: string | null | undefined;
}

/** What `customFields.list` takes. */
export interface CustomFieldsListParams {
  /** Only the fields of this. */
  resource?: "customer" | "onboarding" | models.Other | undefined;
  /** `true` shows the archived fields instead. */
  archived?: boolean | undefined;
}

/** What `customFields.create` takes. */
export interface CustomFieldsCreateParams {
  /** What has the field. */
  resource: "customer" | "onboarding" | models.Other;
  /** Its name in `custom_fields`. */
  key: string;
  /** As people see it. */
  name: string;
  /** Of the values; it never changes. */
  type: "string" | "number" | "date" | "select" | models.Other;
  /** What a `select` may hold; no other type has options. */
  options?: string[] | null | undefined;
  /** Behind all others unless it is sent. */
  position?: number | null | undefined;
  /** Shown to people beside the field. */
  description?: string | null | undefined;
}

/** What `customFields.update` takes. */
export interface CustomFieldsUpdateParams {
  /** As people see it. */
  name?: string | undefined;
  /** All of them; one that is in use has to stay. */
  options?: string[] | undefined;
  /** Its place among the fields of its resource, from 1. */
  position?: number | undefined;
  /** Shown to people beside the field. */
  description?: string | null | undefined;
  /** `true`: new values are no longer held to the field; those that there are stay. */
  archived?: boolean | undefined;
}

/** What `tags.list` takes. */
export interface TagsListParams {
  /** Whose tags: of customers unless it is sent. */
  resource?: "customer" | "onboarding" | models.Other | undefined;
  /** What the tags begin with, in upper or lower case. */
  prefix?: string | undefined;
}

/** What `events.list` takes. */
export interface EventsListParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `events.sendTestEvent` takes. */
export interface EventsSendTestEventParams {
  /** Which event type to send. */
  type:
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
    | models.Other;
  /** What the event tells, up to 128 KiB; without it, the example of its type. */
  data?: models.TestEventData | null | undefined;
}

/** What `comments.listForOnboarding` takes. */
export interface CommentsListForOnboardingParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `comments.createForOnboarding` takes. */
export interface CommentsCreateForOnboardingParams {
  /** Markdown. `@` and the e-mail of a teammate mentions them, outside of code and quotations. */
  body: string;
  /** Files that the same key has uploaded for it. */
  attachment_ids?: string[] | undefined;
}

/** What `comments.listForTask` takes. */
export interface CommentsListForTaskParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `comments.createForTask` takes. */
export interface CommentsCreateForTaskParams {
  /** Markdown. `@` and the e-mail of a teammate mentions them, outside of code and quotations. */
  body: string;
  /** Files that the same key has uploaded for it. */
  attachment_ids?: string[] | undefined;
}

/** What `comments.update` takes. */
export interface CommentsUpdateParams {
  /** Markdown. `@` and the e-mail of a teammate mentions them, outside of code and quotations. */
  body?: string | undefined;
}

/** What `attachments.create` takes. */
export interface AttachmentsCreateParams {
  /** What the file is called, for whoever downloads it. */
  filename: string;
}

/** What `notifications.list` takes. */
export interface NotificationsListParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
  /** `true` leaves out what was read. */
  unread?: boolean | undefined;
}

/** What `notificationPreferences.update` takes. */
export interface NotificationPreferencesUpdateParams {
  /** The choices to change; what is not named stays as it is. */
  preferences?: models.PreferenceUpdate[] | undefined;
}

/** What `notificationPreferences.updateForPerson` takes. */
export interface NotificationPreferencesUpdateForPersonParams {
  /** The choices to change; what is not named stays as it is. */
  preferences?: models.PreferenceUpdate[] | undefined;
}

/** What `messageTemplates.update` takes. */
export interface MessageTemplatesUpdateParams {
  /** One line, with merge fields. */
  subject?: string | undefined;
  /** Plain text or Markdown, as `format` says, with merge fields. */
  body?: string | undefined;
}

/** What `messageTemplates.preview` takes. */
export interface MessageTemplatesPreviewParams {
  /** The subject to try; the one that holds unless it is sent. */
  subject?: string | undefined;
  /** The text to try; the one that holds unless it is sent. */
  body?: string | undefined;
}

/** What `reminders.list` takes. */
export interface RemindersListParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `reminders.send` takes. */
export interface RemindersSendParams {
  /** `id` or `display_id` of the only contact to remind; everybody who is late unless it is sent. */
  contact_id?: string | null | undefined;
  /** `true`: answers what would be sent, and sends nothing. */
  dry_run?: boolean | undefined;
}

/** What `automations.update` takes. */
export interface AutomationsUpdateParams {
  /** A mail to the CSM, in the words of the message template. */
  launch_message?: boolean | undefined;
  /** An entry of the launch for the CSM's calendar, by mail. */
  calendar_entry?: boolean | undefined;
  /** The draft of a recap. */
  launch_recap?: boolean | undefined;
}

/** What `automations.listRuns` takes. */
export interface AutomationsListRunsParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
}

/** What `webhookEndpoints.list` takes. */
export interface WebhookEndpointsListParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
  /** Only endpoints with this status. */
  status?: "enabled" | "disabled" | models.Other | undefined;
}

/** What `webhookEndpoints.create` takes. */
export interface WebhookEndpointsCreateParams {
  /** Where events are posted to: `https://` and a host that is public. */
  url: string;
  /** Which events it gets; repetitions are dropped. */
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
    | models.Other
  )[];
  /** `true`: it gets the events of test keys and no others; `false`: those of live keys. */
  test_mode?: boolean | undefined;
  /** For people. */
  description?: string | null | undefined;
  /** Deliveries a second at most. */
  rate_limit?: number | null | undefined;
}

/** What `webhookEndpoints.update` takes. */
export interface WebhookEndpointsUpdateParams {
  /** Where events are posted to: `https://` and a host that is public. */
  url?: string | undefined;
  /** Which events it gets; repetitions are dropped. */
  events?: (
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
    | models.Other
  )[] | undefined;
  /** `true`: it gets the events of test keys and no others; `false`: those of live keys. */
  test_mode?: boolean | undefined;
  /** For people. */
  description?: string | null | undefined;
  /** Deliveries a second at most. */
  rate_limit?: number | null | undefined;
  /** `disabled` holds deliveries back; `enabled` lets them go on. */
  status?: "enabled" | "disabled" | models.Other | undefined;
}

/** What `webhookEndpoints.sendTestEvent` takes. */
export interface WebhookEndpointsSendTestEventParams {
  /** Which event type to send. */
  type:
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
    | models.Other;
  /** What the event tells, up to 128 KiB; without it, the example of its type. */
  data?: models.TestEventData | null | undefined;
}

/** What `webhookEndpoints.listDeliveries` takes. */
export interface WebhookEndpointsListDeliveriesParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
  /** Only deliveries with this status. */
  status?: "pending" | "delivered" | "failed" | models.Other | undefined;
  /** Only deliveries of events of this type. */
  type?:
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
    | models.Other
    | undefined;
  /** Only deliveries of events of this instant or later. */
  since?: string | Date | undefined;
  /** Only deliveries of events before this instant. */
  until?: string | Date | undefined;
}

/** What `webhookEndpoints.replayMissing` takes. */
export interface WebhookEndpointsReplayMissingParams {
  /** Events of this instant or later. */
  since: string | Date;
  /** Events before this instant; now, unless given. */
  until?: string | Date | null | undefined;
}

/** What `webhookEndpoints.resend` takes. */
export interface WebhookEndpointsResendParams {
  /** Events (`evt_…`) of the endpoint's mode. */
  event_ids: string[];
}

/** What `requestLogs.list` takes. */
export interface RequestLogsListParams {
  /** Page size, 1 to 100; 25 unless given. */
  limit?: number | undefined;
  /** Only requests of such keys. */
  mode?: "live" | "test" | models.Other | undefined;
  /** Only requests of the key with this id. */
  key?: string | undefined;
  /** A status such as `404`, or a class of them such as `5xx`. */
  status?: string | undefined;
  /** Only requests of this method. */
  method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "HEAD" | models.Other | undefined;
  /** What the path begins with. */
  path?: string | undefined;
  /** Requests of this instant or later. */
  since?: string | Date | undefined;
  /** Requests before this instant. */
  until?: string | Date | undefined;
}
