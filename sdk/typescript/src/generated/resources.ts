// Made by `make sdk-generate` of the API's description. Do not edit.
import type { Listing } from "../listing.js";
import { type Id, Methods, part } from "../methods.js";
import type { Content, RequestOptions, Transport } from "../transport.js";
import type * as models from "./models.js";
import type * as params from "./params.js";

export class MeMethods extends Methods {
  /** Get current identity. The calling key, its scopes and mode, and the workspace it belongs to. */
  get(options?: RequestOptions): Promise<models.Me> {
    return this.call({ method: "GET", path: "/api/v1/me" }, options);
  }
}

export class HealthMethods extends Methods {
  /** Liveness probe. Answers 200 while the process is up; needs no key and touches nothing else. */
  get(options?: RequestOptions): Promise<models.Health> {
    return this.call({ method: "GET", path: "/api/v1/health" }, options);
  }

  /**
   * Readiness probe. Asks what the server depends on, all at once, each with its latency. Needs no key.
   *
   * Without the database nothing is answered: `failing`, and 503. Where something else fails the API still works:
   * `degraded`, and 200. What was found is told again for five seconds.
   */
  getDeep(options?: RequestOptions): Promise<models.DeepHealth> {
    return this.call({ method: "GET", path: "/api/health/deep" }, options);
  }
}

export class OpenapiMethods extends Methods {
  /** This document. The OpenAPI 3.1 description of everything the API serves. */
  get(options?: RequestOptions): Promise<Record<string, unknown>> {
    return this.call({ method: "GET", path: "/api/v1/openapi.json" }, options);
  }
}

export class CustomersMethods extends Methods {
  /**
   * List customers. Customers of the workspace, newest first; `next_cursor` of one page is the `cursor` of the next.
   */
  list(params: params.CustomersListParams = {}, options?: RequestOptions): Listing<models.Customer> {
    return this.walk("/api/v1/customers", params, options);
  }

  /**
   * Create a customer. Adds a customer. Only `name` is required; `slug` and `domain` are unique within the workspace.
   */
  create(params: params.CustomersCreateParams, options?: RequestOptions): Promise<models.Customer> {
    return this.call({ method: "POST", path: "/api/v1/customers", json: params }, options);
  }

  /** Count customers. How many customers match the filters of the list. */
  count(params: params.CustomersCountParams = {}, options?: RequestOptions): Promise<models.CustomerCount> {
    return this.call({ method: "GET", path: "/api/v1/customers/count", query: params }, options);
  }

  /** Retrieve a customer. One customer, by `id` or `display_id`. */
  get(customerId: Id, options?: RequestOptions): Promise<models.Customer> {
    return this.call({ method: "GET", path: `/api/v1/customers/${part(customerId)}` }, options);
  }

  /** Update a customer. Changes the fields that are sent; `null` clears a field that may be empty. */
  update(customerId: Id, params: params.CustomersUpdateParams, options?: RequestOptions): Promise<models.Customer> {
    return this.call({ method: "PATCH", path: `/api/v1/customers/${part(customerId)}`, json: params }, options);
  }

  /**
   * Delete a customer. Soft delete: hidden from reads and lists, kept for audit. Repeating it gives the same answer.
   */
  delete(customerId: Id, options?: RequestOptions): Promise<models.Deleted> {
    return this.call({ method: "DELETE", path: `/api/v1/customers/${part(customerId)}` }, options);
  }

  /**
   * List a customer's timeline. Who did what to the customer and to everything of its, newest first; a deleted
   * customer's still answers.
   */
  listTimeline(
    customerId: Id,
    params: params.CustomersListTimelineParams = {},
    options?: RequestOptions,
  ): Listing<models.TimelineEvent> {
    return this.walk(`/api/v1/customers/${part(customerId)}/timeline`, params, options);
  }
}

export class ContactsMethods extends Methods {
  /** List a customer's contacts. All contacts of a customer on one page: the primary one first, then the newest. */
  list(customerId: Id, params: params.ContactsListParams = {}, options?: RequestOptions): Listing<models.Contact> {
    return this.walk(`/api/v1/customers/${part(customerId)}/contacts`, params, options);
  }

  /**
   * Add a contact to a customer. Adds a contact. The customer's first one becomes its primary contact unless
   * `is_primary` is `false`.
   */
  create(customerId: Id, params: params.ContactsCreateParams, options?: RequestOptions): Promise<models.Contact> {
    return this.call({ method: "POST", path: `/api/v1/customers/${part(customerId)}/contacts`, json: params }, options);
  }

  /** Retrieve a contact. One contact, by `id` or `display_id`; it answers even where its customer was deleted. */
  get(contactId: Id, options?: RequestOptions): Promise<models.Contact> {
    return this.call({ method: "GET", path: `/api/v1/contacts/${part(contactId)}` }, options);
  }

  /**
   * Update a contact. Changes the fields that are sent. Making a contact primary unmakes the one that was, in the same
   * moment.
   */
  update(contactId: Id, params: params.ContactsUpdateParams, options?: RequestOptions): Promise<models.Contact> {
    return this.call({ method: "PATCH", path: `/api/v1/contacts/${part(contactId)}`, json: params }, options);
  }

  /**
   * Delete a contact. Soft delete: hidden from reads and lists, its e-mail free again. Repeating it gives the same
   * answer.
   */
  delete(contactId: Id, options?: RequestOptions): Promise<models.Deleted> {
    return this.call({ method: "DELETE", path: `/api/v1/contacts/${part(contactId)}` }, options);
  }
}

export class LeadsMethods extends Methods {
  /** List leads. Leads of all pipelines, newest first; those that were won stay in the list, with their customer. */
  list(params: params.LeadsListParams = {}, options?: RequestOptions): Listing<models.Lead> {
    return this.walk("/api/v1/leads", params, options);
  }

  /**
   * Create a lead. Adds a lead. A `name` or a `first_name` is enough; it begins in the first open stage of the first
   * pipeline.
   */
  create(params: params.LeadsCreateParams = {}, options?: RequestOptions): Promise<models.Lead> {
    return this.call({ method: "POST", path: "/api/v1/leads", json: params }, options);
  }

  /** Retrieve a lead. One lead, by `id` or `display_id`, be it open, lost or won. */
  get(leadId: Id, options?: RequestOptions): Promise<models.Lead> {
    return this.call({ method: "GET", path: `/api/v1/leads/${part(leadId)}` }, options);
  }

  /**
   * Update a lead. Changes the fields that are sent; `null` clears a field that may be empty. A lead that is won is a
   * contact.
   */
  update(leadId: Id, params: params.LeadsUpdateParams, options?: RequestOptions): Promise<models.Lead> {
    return this.call({ method: "PATCH", path: `/api/v1/leads/${part(leadId)}`, json: params }, options);
  }

  /** Delete a lead. Soft delete: hidden from reads and lists. Repeating it gives the same answer. */
  delete(leadId: Id, options?: RequestOptions): Promise<models.Deleted> {
    return this.call({ method: "DELETE", path: `/api/v1/leads/${part(leadId)}` }, options);
  }

  /**
   * Move a lead to another stage. Puts the lead into another stage, of its own pipeline or another; where it is there
   * already, nothing happens.
   */
  move(leadId: Id, params: params.LeadsMoveParams, options?: RequestOptions): Promise<models.Lead> {
    return this.call({ method: "POST", path: `/api/v1/leads/${part(leadId)}/move`, json: params }, options);
  }

  /**
   * List a lead's stage transitions. The stages that the lead went through and how long it was in each, newest first.
   */
  listStageTransitions(
    leadId: Id,
    params: params.LeadsListStageTransitionsParams = {},
    options?: RequestOptions,
  ): Listing<models.StageTransition> {
    return this.walk(`/api/v1/leads/${part(leadId)}/stage_transitions`, params, options);
  }

  /**
   * Win a lead. Makes the lead a customer's contact, with the customer, the onboarding and its plan, all in one step.
   *
   * The contact is the lead, by the same id, and what happened to the lead stands on the customer's timeline. A lead
   * that is won already answers what it became, and nothing changes. With `dry_run: true`, answers what would be, and
   * changes nothing; the ids are nobody's then. The key needs `customers:write` and `contacts:write` as well, and
   * `onboardings:write` where an onboarding begins.
   */
  win(leadId: Id, params: params.LeadsWinParams = {}, options?: RequestOptions): Promise<models.LeadWon> {
    return this.call({ method: "POST", path: `/api/v1/leads/${part(leadId)}/win`, json: params }, options);
  }

  /** List a lead's duplicates. The open and lost leads that have this lead's e-mail, newest first. */
  listDuplicates(
    leadId: Id,
    params: params.LeadsListDuplicatesParams = {},
    options?: RequestOptions,
  ): Listing<models.Lead> {
    return this.walk(`/api/v1/leads/${part(leadId)}/duplicates`, params, options);
  }

  /**
   * Merge a duplicate into a lead. Makes a duplicate a part of this lead, which keeps what it has, takes what it lacks,
   * and gets the messages.
   *
   * Assignees and labels are those of both. The duplicate is deleted; where one of the two is won, that is the one to
   * keep; it is a contact, so the key needs `contacts:write` as well then. With `dry_run: true`, answers what the lead
   * would have, field by field, and changes nothing.
   */
  merge(leadId: Id, params: params.LeadsMergeParams, options?: RequestOptions): Promise<models.LeadMerge> {
    return this.call({ method: "POST", path: `/api/v1/leads/${part(leadId)}/merge`, json: params }, options);
  }

  /**
   * List a lead's merges. The duplicates that became a part of this lead, the latest first, with those that were
   * undone.
   */
  listMerges(
    leadId: Id,
    params: params.LeadsListMergesParams = {},
    options?: RequestOptions,
  ): Listing<models.LeadMerge> {
    return this.walk(`/api/v1/leads/${part(leadId)}/merges`, params, options);
  }
}

export class PipelinesMethods extends Methods {
  /** List pipelines. All pipelines in their order, each with its stages, on one page. */
  list(options?: RequestOptions): Listing<models.PipelineResource> {
    return this.walk("/api/v1/pipelines", undefined, options);
  }

  /**
   * Create a pipeline. Adds a pipeline, with the stages of a new workspace's one unless others are sent; there are at
   * most 20.
   */
  create(params: params.PipelinesCreateParams, options?: RequestOptions): Promise<models.PipelineResource> {
    return this.call({ method: "POST", path: "/api/v1/pipelines", json: params }, options);
  }

  /** Retrieve a pipeline. One pipeline with its stages, by `id` or `display_id`. */
  get(pipelineId: Id, options?: RequestOptions): Promise<models.PipelineResource> {
    return this.call({ method: "GET", path: `/api/v1/pipelines/${part(pipelineId)}` }, options);
  }

  /**
   * Update a pipeline. Changes its name, its place or its stages. `stages` is the whole list: those that it leaves out
   * go.
   */
  update(
    pipelineId: Id,
    params: params.PipelinesUpdateParams,
    options?: RequestOptions,
  ): Promise<models.PipelineResource> {
    return this.call({ method: "PATCH", path: `/api/v1/pipelines/${part(pipelineId)}`, json: params }, options);
  }

  /** Delete a pipeline. Takes a pipeline away that has no leads. Repeating it gives the same answer. */
  delete(pipelineId: Id, options?: RequestOptions): Promise<models.Deleted> {
    return this.call({ method: "DELETE", path: `/api/v1/pipelines/${part(pipelineId)}` }, options);
  }
}

export class MessagesMethods extends Methods {
  /**
   * List a contact's messages. What was written to and by a contact, or a lead, over any channel; what came into the
   * log last comes first.
   */
  list(contactId: Id, params: params.MessagesListParams = {}, options?: RequestOptions): Listing<models.Message> {
    return this.walk(`/api/v1/contacts/${part(contactId)}/messages`, params, options);
  }

  /**
   * Log a message. Writes down what was written to or by a contact, or a lead, elsewhere. Nothing is sent.
   *
   * The same `external_id` again answers 200 with the message that is there, moved on to the status that is sent. What
   * comes in makes the newest message that went out before, over the same channel, `replied`.
   */
  create(contactId: Id, params: params.MessagesCreateParams, options?: RequestOptions): Promise<models.Message> {
    return this.call({ method: "POST", path: `/api/v1/contacts/${part(contactId)}/messages`, json: params }, options);
  }

  /** Retrieve a message. One message of a contact or a lead. */
  get(contactId: Id, messageId: Id, options?: RequestOptions): Promise<models.Message> {
    return this.call(
      { method: "GET", path: `/api/v1/contacts/${part(contactId)}/messages/${part(messageId)}` },
      options,
    );
  }

  /**
   * Update a message. Says how far a message got. What it says stays as it is, and a status that it has left behind
   * changes nothing.
   */
  update(
    contactId: Id,
    messageId: Id,
    params: params.MessagesUpdateParams,
    options?: RequestOptions,
  ): Promise<models.Message> {
    return this.call(
      { method: "PATCH", path: `/api/v1/contacts/${part(contactId)}/messages/${part(messageId)}`, json: params },
      options,
    );
  }
}

export class LeadMergesMethods extends Methods {
  /** Retrieve a merge. One merge, by `id` or `display_id`. */
  get(leadMergeId: Id, options?: RequestOptions): Promise<models.LeadMerge> {
    return this.call({ method: "GET", path: `/api/v1/lead_merges/${part(leadMergeId)}` }, options);
  }

  /**
   * Undo a merge. Makes two leads of one again: the messages go back, and so does every field that nobody has changed
   * since.
   *
   * Where it was undone before, nothing happens. A lead that was deleted meanwhile has to be there again first. Where
   * the lead that was kept is won, the key needs `contacts:write` as well.
   */
  undo(leadMergeId: Id, options?: RequestOptions): Promise<models.LeadMerge> {
    return this.call({ method: "POST", path: `/api/v1/lead_merges/${part(leadMergeId)}/undo` }, options);
  }
}

export class CalendarMethods extends Methods {
  /**
   * Retrieve the workspace's working calendar. The calendar that holds for every customer without its own. Until it is
   * set: Monday to Friday, in UTC.
   */
  get(options?: RequestOptions): Promise<models.CalendarResource> {
    return this.call({ method: "GET", path: "/api/v1/calendar" }, options);
  }

  /**
   * Update the workspace's working calendar. Changes the fields that are sent; customers with a calendar of their own
   * are not concerned.
   */
  update(params: params.CalendarUpdateParams, options?: RequestOptions): Promise<models.CalendarResource> {
    return this.call({ method: "PATCH", path: "/api/v1/calendar", json: params }, options);
  }

  /**
   * List days that are not worked. The days from `from` to `to` that are not worked, in order and on one page, each
   * with its reason.
   */
  listDays(params: params.CalendarListDaysParams = {}, options?: RequestOptions): Listing<models.NonWorkingDay> {
    return this.walk("/api/v1/calendar/days", params, options);
  }

  /**
   * List countries whose holidays are known. Every value that `holidays_country` and `holidays_subdivision` take, on
   * one page.
   */
  listCountries(options?: RequestOptions): Listing<models.HolidaysCountry> {
    return this.walk("/api/v1/calendar/countries", undefined, options);
  }

  /**
   * Retrieve a customer's working calendar. The calendar that holds for a customer: its own, else the workspace's with
   * `inherited: true`.
   */
  getForCustomer(customerId: Id, options?: RequestOptions): Promise<models.CalendarResource> {
    return this.call({ method: "GET", path: `/api/v1/customers/${part(customerId)}/calendar` }, options);
  }

  /**
   * Update a customer's working calendar. Changes the fields that are sent. A customer without its own calendar gets
   * one, beginning as the workspace's.
   */
  updateForCustomer(
    customerId: Id,
    params: params.CalendarUpdateForCustomerParams,
    options?: RequestOptions,
  ): Promise<models.CalendarResource> {
    return this.call(
      { method: "PATCH", path: `/api/v1/customers/${part(customerId)}/calendar`, json: params },
      options,
    );
  }

  /**
   * Go back to the workspace's working calendar. Drops the customer's own calendar; the answer is the one that holds
   * from now on. Repeating it changes nothing.
   */
  deleteForCustomer(customerId: Id, options?: RequestOptions): Promise<models.CalendarResource> {
    return this.call({ method: "DELETE", path: `/api/v1/customers/${part(customerId)}/calendar` }, options);
  }

  /** List days that are not worked for a customer. The same days by the calendar that holds for a customer. */
  listDaysForCustomer(
    customerId: Id,
    params: params.CalendarListDaysForCustomerParams = {},
    options?: RequestOptions,
  ): Listing<models.NonWorkingDay> {
    return this.walk(`/api/v1/customers/${part(customerId)}/calendar/days`, params, options);
  }
}

export class OnboardingsMethods extends Methods {
  /**
   * List onboardings. Onboardings of the workspace, newest first; those of a deleted customer are left out.
   *
   * `next_cursor` of one page is the `cursor` of the next.
   */
  list(params: params.OnboardingsListParams = {}, options?: RequestOptions): Listing<models.Onboarding> {
    return this.walk("/api/v1/onboardings", params, options);
  }

  /**
   * Create an onboarding. Starts an onboarding: in the first phase, active, with both reminders every day, unless the
   * body says else.
   *
   * With `template_id`, the tasks of that template land in it, in the same transaction.
   */
  create(params: params.OnboardingsCreateParams, options?: RequestOptions): Promise<models.Onboarding> {
    return this.call({ method: "POST", path: "/api/v1/onboardings", json: params }, options);
  }

  /** List a customer's onboardings. All onboardings of a customer on one page, newest first. */
  listForCustomer(customerId: Id, options?: RequestOptions): Listing<models.Onboarding> {
    return this.walk(`/api/v1/customers/${part(customerId)}/onboardings`, undefined, options);
  }

  /**
   * Retrieve an onboarding. One onboarding, by `id` or `display_id`; it answers even where its customer was deleted.
   */
  get(onboardingId: Id, options?: RequestOptions): Promise<models.Onboarding> {
    return this.call({ method: "GET", path: `/api/v1/onboardings/${part(onboardingId)}` }, options);
  }

  /**
   * Delete an onboarding. Soft delete: hidden from reads and lists, kept for audit. Repeating it gives the same answer.
   */
  delete(onboardingId: Id, options?: RequestOptions): Promise<models.Deleted> {
    return this.call({ method: "DELETE", path: `/api/v1/onboardings/${part(onboardingId)}` }, options);
  }

  /**
   * Update an onboarding. Changes the fields that are sent; `null` clears a field that may be empty.
   *
   * A new `phase` leaves a phase transition; `state: waiting` sets `waiting_on_customer`, any other state clears it.
   * Tasks that are due by the phase or the target launch date move along.
   */
  update(
    onboardingId: Id,
    params: params.OnboardingsUpdateParams,
    options?: RequestOptions,
  ): Promise<models.Onboarding> {
    return this.call({ method: "PATCH", path: `/api/v1/onboardings/${part(onboardingId)}`, json: params }, options);
  }

  /**
   * List an onboarding's phase transitions. When the onboarding entered which phase, by whose hand and why, newest
   * first.
   */
  listPhaseTransitions(
    onboardingId: Id,
    params: params.OnboardingsListPhaseTransitionsParams = {},
    options?: RequestOptions,
  ): Listing<models.PhaseTransition> {
    return this.walk(`/api/v1/onboardings/${part(onboardingId)}/phase_transitions`, params, options);
  }

  /**
   * List an onboarding's launch date shifts. Every change of its target launch date since it began, by whose hand and
   * why, newest first.
   */
  listLaunchDateShifts(
    onboardingId: Id,
    params: params.OnboardingsListLaunchDateShiftsParams = {},
    options?: RequestOptions,
  ): Listing<models.LaunchDateShift> {
    return this.walk(`/api/v1/onboardings/${part(onboardingId)}/launch_date_shifts`, params, options);
  }

  /**
   * Preview an update of an onboarding. Takes what a `PATCH` takes and answers what it would do, and how tasks would
   * move. Nothing is done.
   */
  previewUpdate(
    onboardingId: Id,
    params: params.OnboardingsPreviewUpdateParams = {},
    options?: RequestOptions,
  ): Promise<models.OnboardingPreview> {
    return this.call(
      { method: "POST", path: `/api/v1/onboardings/${part(onboardingId)}/preview`, json: params },
      options,
    );
  }

  /** Move an onboarding to the next phase. Moves it one phase forward, as a `PATCH` of `phase` does. */
  advance(
    onboardingId: Id,
    params: params.OnboardingsAdvanceParams = {},
    options?: RequestOptions,
  ): Promise<models.Onboarding> {
    return this.call(
      { method: "POST", path: `/api/v1/onboardings/${part(onboardingId)}/advance`, json: params },
      options,
    );
  }

  /**
   * Send an onboarding back. Moves it to an earlier phase, the one before unless `to` names another. Out of the last
   * phase this reopens it.
   */
  sendBack(
    onboardingId: Id,
    params: params.OnboardingsSendBackParams,
    options?: RequestOptions,
  ): Promise<models.Onboarding> {
    return this.call(
      { method: "POST", path: `/api/v1/onboardings/${part(onboardingId)}/send_back`, json: params },
      options,
    );
  }

  /** Skip phases of an onboarding. Moves it forward over one phase or more. */
  skip(onboardingId: Id, params: params.OnboardingsSkipParams, options?: RequestOptions): Promise<models.Onboarding> {
    return this.call({ method: "POST", path: `/api/v1/onboardings/${part(onboardingId)}/skip`, json: params }, options);
  }
}

export class PhasesMethods extends Methods {
  /** List phases. The phases that every onboarding of the workspace takes, in their order, on one page. */
  list(params: params.PhasesListParams = {}, options?: RequestOptions): Listing<models.PhaseResource> {
    return this.walk("/api/v1/phases", params, options);
  }

  /** Add a phase. Adds a phase for all onboardings; those at its position and behind shift by one. */
  create(params: params.PhasesCreateParams, options?: RequestOptions): Promise<models.PhaseResource> {
    return this.call({ method: "POST", path: "/api/v1/phases", json: params }, options);
  }

  /** Retrieve a phase. One phase, by its key; a retired one too, for transitions still name it. */
  get(key: Id, options?: RequestOptions): Promise<models.PhaseResource> {
    return this.call({ method: "GET", path: `/api/v1/phases/${part(key)}` }, options);
  }

  /**
   * Update a phase. Changes the fields that are sent. A new `position` shifts the phases between; onboardings stay in
   * theirs.
   */
  update(key: Id, params: params.PhasesUpdateParams, options?: RequestOptions): Promise<models.PhaseResource> {
    return this.call({ method: "PATCH", path: `/api/v1/phases/${part(key)}`, json: params }, options);
  }

  /**
   * Retire a phase. Moves its onboardings to `move_to` and takes it out of the order. Transitions that name it stay.
   *
   * Repeating it gives the same answer, whose `moved_to` says where the onboardings went.
   */
  retire(key: Id, params: params.PhasesRetireParams = {}, options?: RequestOptions): Promise<models.PhaseResource> {
    return this.call({ method: "DELETE", path: `/api/v1/phases/${part(key)}`, query: params }, options);
  }

  /** List presets of phases. Ready-made sets of phases; the first is what a new workspace has. */
  listPresets(options?: RequestOptions): Listing<models.PhasePreset> {
    return this.walk("/api/v1/phase_presets", undefined, options);
  }

  /**
   * Restore a retired phase. Puts it back where it was, as `normal` if another phase has its kind. Its onboardings do
   * not come back.
   */
  restore(key: Id, options?: RequestOptions): Promise<models.PhaseResource> {
    return this.call({ method: "POST", path: `/api/v1/phases/${part(key)}/restore` }, options);
  }

  /**
   * Switch to a preset of phases. Gives the workspace the preset's phases and retires the others; onboardings go over
   * by `mapping`.
   *
   * With `dry_run` nothing changes, and what `mapping` leaves out is proposed.
   */
  applyPreset(params: params.PhasesApplyPresetParams, options?: RequestOptions): Promise<models.PresetSwitch> {
    return this.call({ method: "POST", path: "/api/v1/phases/apply_preset", json: params }, options);
  }
}

export class TasksMethods extends Methods {
  /**
   * List tasks. Tasks of the whole workspace, newest first; those of deleted onboardings and customers are left out.
   *
   * With `order=due`, and wherever the due date is asked for, soonest due first. `next_cursor` of one page is the
   * `cursor` of the next in either order.
   */
  list(params: params.TasksListParams = {}, options?: RequestOptions): Listing<models.Task> {
    return this.walk("/api/v1/tasks", params, options);
  }

  /**
   * List an onboarding's tasks. The whole plan on one page: by phase and position, subtasks right after their parent.
   */
  listForOnboarding(onboardingId: Id, options?: RequestOptions): Listing<models.Task> {
    return this.walk(`/api/v1/onboardings/${part(onboardingId)}/tasks`, undefined, options);
  }

  /**
   * Add a task to an onboarding. Adds a task, and a date to it. With `dry_run: true`, answers 200 with what would move,
   * and adds nothing.
   */
  create(
    onboardingId: Id,
    params: params.TasksCreateParams & { dry_run: true },
    options?: RequestOptions,
  ): Promise<models.PlanPreview>;
  create(
    onboardingId: Id,
    params: params.TasksCreateParams & { dry_run?: false | undefined },
    options?: RequestOptions,
  ): Promise<models.Task>;
  create(
    onboardingId: Id,
    params: params.TasksCreateParams,
    options?: RequestOptions,
  ): Promise<models.Task | models.PlanPreview>;
  create(
    onboardingId: Id,
    params: params.TasksCreateParams,
    options?: RequestOptions,
  ): Promise<models.Task | models.PlanPreview> {
    return this.call(
      { method: "POST", path: `/api/v1/onboardings/${part(onboardingId)}/tasks`, json: params },
      options,
    );
  }

  /**
   * Complete tasks of an onboarding. Completes up to 500 tasks, all or none of them, and answers them in the order of
   * the request.
   */
  completeMany(
    onboardingId: Id,
    params: params.TasksCompleteManyParams,
    options?: RequestOptions,
  ): Promise<models.TaskList> {
    return this.call(
      { method: "POST", path: `/api/v1/onboardings/${part(onboardingId)}/tasks/complete`, json: params },
      options,
    );
  }

  /**
   * Retrieve a task. One task, by `id` or `display_id`. `chain` tells why it is due when it is, back to the root cause.
   */
  get(taskId: Id, options?: RequestOptions): Promise<models.TaskWithChain> {
    return this.call({ method: "GET", path: `/api/v1/tasks/${part(taskId)}` }, options);
  }

  /**
   * Update a task. Changes the fields that are sent, and moves what depends on it. Naming an assignee replaces the one
   * there is.
   *
   * With `dry_run: true`, answers a `plan_preview` with what would move, and changes nothing.
   */
  update(
    taskId: Id,
    params: params.TasksUpdateParams & { dry_run: true },
    options?: RequestOptions,
  ): Promise<models.PlanPreview>;
  update(
    taskId: Id,
    params: params.TasksUpdateParams & { dry_run?: false | undefined },
    options?: RequestOptions,
  ): Promise<models.Task>;
  update(
    taskId: Id,
    params: params.TasksUpdateParams,
    options?: RequestOptions,
  ): Promise<models.Task | models.PlanPreview>;
  update(
    taskId: Id,
    params: params.TasksUpdateParams,
    options?: RequestOptions,
  ): Promise<models.Task | models.PlanPreview> {
    return this.call({ method: "PATCH", path: `/api/v1/tasks/${part(taskId)}`, json: params }, options);
  }

  /**
   * Delete a task. Soft delete, of its subtasks too; nothing depends on them any more. Repeating it gives the same
   * answer.
   */
  delete(taskId: Id, options?: RequestOptions): Promise<models.Deleted> {
    return this.call({ method: "DELETE", path: `/api/v1/tasks/${part(taskId)}` }, options);
  }

  /** Complete a task. Completes a task, and moves what depends on it. The last open subtask completes its parent. */
  complete(
    taskId: Id,
    params: params.TasksCompleteParams & { dry_run: true },
    options?: RequestOptions,
  ): Promise<models.PlanPreview>;
  complete(
    taskId: Id,
    params?: params.TasksCompleteParams & { dry_run?: false | undefined },
    options?: RequestOptions,
  ): Promise<models.Task>;
  complete(
    taskId: Id,
    params?: params.TasksCompleteParams,
    options?: RequestOptions,
  ): Promise<models.Task | models.PlanPreview>;
  complete(
    taskId: Id,
    params: params.TasksCompleteParams = {},
    options?: RequestOptions,
  ): Promise<models.Task | models.PlanPreview> {
    return this.call({ method: "POST", path: `/api/v1/tasks/${part(taskId)}/complete`, json: params }, options);
  }

  /**
   * Reopen a task. Takes a completion back, within thirty days.
   *
   * A subtask reopens its parent; subtasks that were completed together with their parent are reopened with it.
   */
  reopen(
    taskId: Id,
    params: params.TasksReopenParams & { dry_run: true },
    options?: RequestOptions,
  ): Promise<models.PlanPreview>;
  reopen(
    taskId: Id,
    params?: params.TasksReopenParams & { dry_run?: false | undefined },
    options?: RequestOptions,
  ): Promise<models.Task>;
  reopen(
    taskId: Id,
    params?: params.TasksReopenParams,
    options?: RequestOptions,
  ): Promise<models.Task | models.PlanPreview>;
  reopen(
    taskId: Id,
    params: params.TasksReopenParams = {},
    options?: RequestOptions,
  ): Promise<models.Task | models.PlanPreview> {
    return this.call({ method: "POST", path: `/api/v1/tasks/${part(taskId)}/reopen`, json: params }, options);
  }

  /**
   * Move a task to another place. Gives a task another place in its phase, or in another one, where its subtasks
   * follow. Others make room.
   */
  move(taskId: Id, params: params.TasksMoveParams, options?: RequestOptions): Promise<models.Task> {
    return this.call({ method: "POST", path: `/api/v1/tasks/${part(taskId)}/move`, json: params }, options);
  }

  /** Pin a task. Pins a task to the top of its onboarding, which has room for three. */
  pin(taskId: Id, options?: RequestOptions): Promise<models.Task> {
    return this.call({ method: "POST", path: `/api/v1/tasks/${part(taskId)}/pin` }, options);
  }

  /** Unpin a task. Takes a task from the top of its onboarding. */
  unpin(taskId: Id, options?: RequestOptions): Promise<models.Task> {
    return this.call({ method: "DELETE", path: `/api/v1/tasks/${part(taskId)}/pin` }, options);
  }
}

export class TemplatesMethods extends Methods {
  /** List templates. Templates of the workspace without their tasks, newest first. */
  list(params: params.TemplatesListParams = {}, options?: RequestOptions): Listing<models.TemplateSummary> {
    return this.walk("/api/v1/templates", params, options);
  }

  /**
   * Create a template. Adds a template: tasks by phase, with subtasks, parts, relative dates and what they depend on.
   */
  create(params: params.TemplatesCreateParams, options?: RequestOptions): Promise<models.Template> {
    return this.call({ method: "POST", path: "/api/v1/templates", json: params }, options);
  }

  /**
   * Import a template. Adds the template that a YAML file holds. Anchors, aliases and tags are refused; dates are read
   * as text.
   */
  importTemplate(params: params.TemplatesImportTemplateParams, options?: RequestOptions): Promise<models.Template> {
    return this.call({ method: "POST", path: "/api/v1/templates/import", json: params }, options);
  }

  /**
   * Retrieve a template. One template, by `id` or `display_id`, as its current version or the one that `version` names
   * says it.
   */
  get(templateId: Id, params: params.TemplatesGetParams = {}, options?: RequestOptions): Promise<models.Template> {
    return this.call({ method: "GET", path: `/api/v1/templates/${part(templateId)}`, query: params }, options);
  }

  /**
   * Update a template. Makes the next version of what is sent. Onboardings keep the tasks that landed from earlier
   * ones.
   */
  update(templateId: Id, params: params.TemplatesUpdateParams, options?: RequestOptions): Promise<models.Template> {
    return this.call({ method: "PATCH", path: `/api/v1/templates/${part(templateId)}`, json: params }, options);
  }

  /** Delete a template. Soft delete; what landed from it stays. Repeating it gives the same answer. */
  delete(templateId: Id, options?: RequestOptions): Promise<models.Deleted> {
    return this.call({ method: "DELETE", path: `/api/v1/templates/${part(templateId)}` }, options);
  }

  /** List a template's versions. Who made which version and when, newest first. */
  listVersions(
    templateId: Id,
    params: params.TemplatesListVersionsParams = {},
    options?: RequestOptions,
  ): Listing<models.TemplateVersion> {
    return this.walk(`/api/v1/templates/${part(templateId)}/versions`, params, options);
  }

  /**
   * Export a template. The template as one YAML file, which import-template reads back, here or in another workspace.
   */
  export(templateId: Id, params: params.TemplatesExportParams = {}, options?: RequestOptions): Promise<string> {
    return this.call(
      { method: "GET", path: `/api/v1/templates/${part(templateId)}/export`, query: params, answer: "text" },
      options,
    );
  }

  /**
   * Apply a template to an onboarding. Adds the template's tasks to the plan, all or some of them, with their dates and
   * all that holds between them.
   *
   * With `dry_run: true`, answers the tasks as they would be, and adds nothing.
   */
  apply(
    onboardingId: Id,
    params: params.TemplatesApplyParams,
    options?: RequestOptions,
  ): Promise<models.TemplateApplication> {
    return this.call(
      { method: "POST", path: `/api/v1/onboardings/${part(onboardingId)}/apply_template`, json: params },
      options,
    );
  }

  /**
   * Make a template of an onboarding. Takes its plan over: tasks, subtasks, parts, dependencies, and dates as working
   * days from their phase.
   */
  saveFromOnboarding(
    onboardingId: Id,
    params: params.TemplatesSaveFromOnboardingParams,
    options?: RequestOptions,
  ): Promise<models.Template> {
    return this.call(
      { method: "POST", path: `/api/v1/onboardings/${part(onboardingId)}/save_as_template`, json: params },
      options,
    );
  }
}

export class CustomFieldsMethods extends Methods {
  /** List custom fields. The fields of customers, then those of onboardings, each in their order, on one page. */
  list(params: params.CustomFieldsListParams = {}, options?: RequestOptions): Listing<models.CustomField> {
    return this.walk("/api/v1/custom_fields", params, options);
  }

  /** Create a custom field. Holds values of this key to a type from now on; those that there are stay as they are. */
  create(params: params.CustomFieldsCreateParams, options?: RequestOptions): Promise<models.CustomField> {
    return this.call({ method: "POST", path: "/api/v1/custom_fields", json: params }, options);
  }

  /** Retrieve a custom field. One field, by `id` or `display_id`. */
  get(customFieldId: Id, options?: RequestOptions): Promise<models.CustomField> {
    return this.call({ method: "GET", path: `/api/v1/custom_fields/${part(customFieldId)}` }, options);
  }

  /**
   * Update a custom field. Changes what is sent. `archived: true` retires the field: its values stay, new ones are not
   * held to it.
   */
  update(
    customFieldId: Id,
    params: params.CustomFieldsUpdateParams,
    options?: RequestOptions,
  ): Promise<models.CustomField> {
    return this.call({ method: "PATCH", path: `/api/v1/custom_fields/${part(customFieldId)}`, json: params }, options);
  }

  /**
   * Delete a custom field. Takes the field away and frees its key; values stay as free ones. Repeating it gives the
   * same answer.
   */
  delete(customFieldId: Id, options?: RequestOptions): Promise<models.Deleted> {
    return this.call({ method: "DELETE", path: `/api/v1/custom_fields/${part(customFieldId)}` }, options);
  }
}

export class TagsMethods extends Methods {
  /** Suggest tags. Up to twenty tags in use that begin with `prefix`, most used first. */
  list(params: params.TagsListParams = {}, options?: RequestOptions): Listing<models.Tag> {
    return this.walk("/api/v1/tags", params, options);
  }
}

export class EventsMethods extends Methods {
  /**
   * List events. What happened in the workspace, newest first, for thirty days; the very envelopes that webhooks
   * deliver.
   */
  list(params: params.EventsListParams = {}, options?: RequestOptions): Listing<models.Event> {
    return this.walk("/api/v1/events", params, options);
  }

  /** Retrieve an event. One event, by its `evt_…` id. */
  get(eventId: Id, options?: RequestOptions): Promise<models.Event> {
    return this.call({ method: "GET", path: `/api/v1/events/${part(eventId)}` }, options);
  }

  /**
   * Send a test event to open streams. Makes up an event for everybody who has a stream of the workspace's events open
   * now; it is in no log.
   */
  sendTestEvent(params: params.EventsSendTestEventParams, options?: RequestOptions): Promise<models.StreamTestEvent> {
    return this.call({ method: "POST", path: "/api/v1/events/test", json: params }, options);
  }
}

export class CommentsMethods extends Methods {
  /**
   * List an onboarding's comments. The comments on the onboarding itself, newest first; those on its tasks are with the
   * tasks.
   */
  listForOnboarding(
    onboardingId: Id,
    params: params.CommentsListForOnboardingParams = {},
    options?: RequestOptions,
  ): Listing<models.Comment> {
    return this.walk(`/api/v1/onboardings/${part(onboardingId)}/comments`, params, options);
  }

  /** Comment on an onboarding. Adds a comment, and makes the files that it names part of it. */
  createForOnboarding(
    onboardingId: Id,
    params: params.CommentsCreateForOnboardingParams,
    options?: RequestOptions,
  ): Promise<models.Comment> {
    return this.call(
      { method: "POST", path: `/api/v1/onboardings/${part(onboardingId)}/comments`, json: params },
      options,
    );
  }

  /** List a task's comments. The comments on the task, newest first. */
  listForTask(
    taskId: Id,
    params: params.CommentsListForTaskParams = {},
    options?: RequestOptions,
  ): Listing<models.Comment> {
    return this.walk(`/api/v1/tasks/${part(taskId)}/comments`, params, options);
  }

  /** Comment on a task. Adds a comment, and makes the files that it names part of it. */
  createForTask(
    taskId: Id,
    params: params.CommentsCreateForTaskParams,
    options?: RequestOptions,
  ): Promise<models.Comment> {
    return this.call({ method: "POST", path: `/api/v1/tasks/${part(taskId)}/comments`, json: params }, options);
  }

  /**
   * Retrieve a comment. One comment, by `id` or `display_id`; it answers even where its task or onboarding was deleted.
   */
  get(commentId: Id, options?: RequestOptions): Promise<models.Comment> {
    return this.call({ method: "GET", path: `/api/v1/comments/${part(commentId)}` }, options);
  }

  /** Edit a comment. Changes what your own comment says, for 24 hours; `edited_at` then shows when. */
  update(commentId: Id, params: params.CommentsUpdateParams, options?: RequestOptions): Promise<models.Comment> {
    return this.call({ method: "PATCH", path: `/api/v1/comments/${part(commentId)}`, json: params }, options);
  }

  /**
   * Delete a comment. Takes your own comment back, for 24 hours: lists keep its place with `deleted: true`, its files
   * are gone.
   */
  delete(commentId: Id, options?: RequestOptions): Promise<models.Deleted> {
    return this.call({ method: "DELETE", path: `/api/v1/comments/${part(commentId)}` }, options);
  }

  /**
   * Pin a comment. Pins a comment to the top of its onboarding, which has room for three tasks and comments together.
   */
  pin(commentId: Id, options?: RequestOptions): Promise<models.Comment> {
    return this.call({ method: "POST", path: `/api/v1/comments/${part(commentId)}/pin` }, options);
  }

  /** Unpin a comment. Takes a comment from the top of its onboarding. */
  unpin(commentId: Id, options?: RequestOptions): Promise<models.Comment> {
    return this.call({ method: "DELETE", path: `/api/v1/comments/${part(commentId)}/pin` }, options);
  }
}

export class AttachmentsMethods extends Methods {
  /**
   * Upload a file. Stores up to 25 MiB, sent as they are. A comment names the file within 24 hours, or it is removed.
   */
  create(
    content: Content,
    params: params.AttachmentsCreateParams,
    options?: RequestOptions,
  ): Promise<models.Attachment> {
    return this.call({ method: "POST", path: "/api/v1/attachments", query: params, content }, options);
  }

  /** Retrieve an attachment. What is known of a file, with a link that downloads it during the next five minutes. */
  get(attachmentId: Id, options?: RequestOptions): Promise<models.Attachment> {
    return this.call({ method: "GET", path: `/api/v1/attachments/${part(attachmentId)}` }, options);
  }

  /** Delete an attachment. Takes your own file back, for 24 hours. Links to it end at once. */
  delete(attachmentId: Id, options?: RequestOptions): Promise<models.Deleted> {
    return this.call({ method: "DELETE", path: `/api/v1/attachments/${part(attachmentId)}` }, options);
  }

  /** Download a file. The bytes of a file, always as a download. The link is the permission: it needs no API key. */
  download(token: Id, options?: RequestOptions): Promise<Blob> {
    return this.call({ method: "GET", path: `/api/v1/files/${part(token)}`, answer: "blob" }, options);
  }
}

export class PeopleMethods extends Methods {
  /** List teammates. Everybody who belongs to the workspace, in the order in which they came, on one page. */
  list(options?: RequestOptions): Listing<models.Person> {
    return this.walk("/api/v1/people", undefined, options);
  }

  /** Retrieve a teammate. One teammate, by the id that onboardings and tasks name. */
  get(personId: Id, options?: RequestOptions): Promise<models.Person> {
    return this.call({ method: "GET", path: `/api/v1/people/${part(personId)}` }, options);
  }
}

export class NotificationsMethods extends Methods {
  /**
   * List a teammate's notifications. What the teammate was told of in the app, newest first; what they have read is
   * kept for ninety days.
   */
  list(
    personId: Id,
    params: params.NotificationsListParams = {},
    options?: RequestOptions,
  ): Listing<models.Notification> {
    return this.walk(`/api/v1/people/${part(personId)}/notifications`, params, options);
  }

  /** Count a teammate's unread notifications. How many the teammate has not read. */
  countUnread(personId: Id, options?: RequestOptions): Promise<models.NotificationCount> {
    return this.call({ method: "GET", path: `/api/v1/people/${part(personId)}/notifications/unread_count` }, options);
  }

  /** Mark all of a teammate's notifications as read. Answers how many there were that had not been read. */
  readAll(personId: Id, options?: RequestOptions): Promise<models.NotificationCount> {
    return this.call({ method: "POST", path: `/api/v1/people/${part(personId)}/notifications/read_all` }, options);
  }

  /** Retrieve a notification. One notification. */
  get(notificationId: Id, options?: RequestOptions): Promise<models.Notification> {
    return this.call({ method: "GET", path: `/api/v1/notifications/${part(notificationId)}` }, options);
  }

  /** Mark a notification as read. Marks it as read; again, it changes nothing. */
  read(notificationId: Id, options?: RequestOptions): Promise<models.Notification> {
    return this.call({ method: "POST", path: `/api/v1/notifications/${part(notificationId)}/read` }, options);
  }
}

export class NotificationPreferencesMethods extends Methods {
  /**
   * Retrieve the workspace's notification preferences. What teammates are told of who have not chosen for themselves.
   */
  get(options?: RequestOptions): Promise<models.NotificationPreferences> {
    return this.call({ method: "GET", path: "/api/v1/notification_preferences" }, options);
  }

  /**
   * Update the workspace's notification preferences. Changes what is sent. Assignments and mentions cannot be switched
   * off here: they are meant for one person.
   */
  update(
    params: params.NotificationPreferencesUpdateParams,
    options?: RequestOptions,
  ): Promise<models.NotificationPreferences> {
    return this.call({ method: "PATCH", path: "/api/v1/notification_preferences", json: params }, options);
  }

  /**
   * Retrieve a teammate's notification preferences. What the teammate is told of, and which of it they have chosen for
   * themselves.
   */
  getForPerson(personId: Id, options?: RequestOptions): Promise<models.NotificationPreferences> {
    return this.call({ method: "GET", path: `/api/v1/people/${part(personId)}/notification_preferences` }, options);
  }

  /**
   * Update a teammate's notification preferences. Changes what is sent. Assignments and mentions always come in the
   * app; their mails can be switched off.
   */
  updateForPerson(
    personId: Id,
    params: params.NotificationPreferencesUpdateForPersonParams,
    options?: RequestOptions,
  ): Promise<models.NotificationPreferences> {
    return this.call(
      { method: "PATCH", path: `/api/v1/people/${part(personId)}/notification_preferences`, json: params },
      options,
    );
  }
}

export class MessageTemplatesMethods extends Methods {
  /** List message templates. Every text that Pivotal writes to people, as it holds in the workspace, on one page. */
  list(options?: RequestOptions): Listing<models.MessageTemplate> {
    return this.walk("/api/v1/message_templates", undefined, options);
  }

  /** Retrieve a message template. One text, with the merge fields that it may use. */
  get(key: Id, options?: RequestOptions): Promise<models.MessageTemplate> {
    return this.call({ method: "GET", path: `/api/v1/message_templates/${part(key)}` }, options);
  }

  /**
   * Update a message template. Changes the subject, the body or both. What is no merge field of the text is refused by
   * name.
   */
  update(
    key: Id,
    params: params.MessageTemplatesUpdateParams,
    options?: RequestOptions,
  ): Promise<models.MessageTemplate> {
    return this.call({ method: "PATCH", path: `/api/v1/message_templates/${part(key)}`, json: params }, options);
  }

  /**
   * Go back to the usual text. Drops the workspace's own text; the answer is the one that holds from now on. Repeating
   * it changes nothing.
   */
  reset(key: Id, options?: RequestOptions): Promise<models.MessageTemplate> {
    return this.call({ method: "DELETE", path: `/api/v1/message_templates/${part(key)}` }, options);
  }

  /**
   * Preview a message template. Answers the text with the examples of its merge fields; `subject` and `body` are tried
   * out before they are kept.
   *
   * Nothing is written or sent.
   */
  preview(
    key: Id,
    params: params.MessageTemplatesPreviewParams = {},
    options?: RequestOptions,
  ): Promise<models.MessagePreview> {
    return this.call({ method: "POST", path: `/api/v1/message_templates/${part(key)}/preview`, json: params }, options);
  }
}

export class RemindersMethods extends Methods {
  /** List an onboarding's reminders. What the customer's contacts were reminded of, by whom and when, newest first. */
  list(onboardingId: Id, params: params.RemindersListParams = {}, options?: RequestOptions): Listing<models.Reminder> {
    return this.walk(`/api/v1/onboardings/${part(onboardingId)}/reminders`, params, options);
  }

  /**
   * Send reminders now. Mails every contact who is late, or one of them, whatever the day and the state of the
   * onboarding.
   *
   * With `dry_run: true`, answers 200 with the mails as they would be, and sends nothing.
   */
  send(
    onboardingId: Id,
    params: params.RemindersSendParams = {},
    options?: RequestOptions,
  ): Promise<models.ReminderList> {
    return this.call(
      { method: "POST", path: `/api/v1/onboardings/${part(onboardingId)}/reminders`, json: params },
      options,
    );
  }
}

export class AutomationsMethods extends Methods {
  /**
   * Retrieve the automations. Which of the things are on that happen when an onboarding launches; all of them until
   * somebody says otherwise.
   */
  get(options?: RequestOptions): Promise<models.Automations> {
    return this.call({ method: "GET", path: "/api/v1/automations" }, options);
  }

  /** Switch automations on or off. Changes what is sent, for launches from now on. */
  update(params: params.AutomationsUpdateParams, options?: RequestOptions): Promise<models.Automations> {
    return this.call({ method: "PATCH", path: "/api/v1/automations", json: params }, options);
  }

  /**
   * List what ran after an onboarding's launches. Every run of an automation, newest first; where a test key launched
   * it, all are `suppressed`.
   */
  listRuns(
    onboardingId: Id,
    params: params.AutomationsListRunsParams = {},
    options?: RequestOptions,
  ): Listing<models.AutomationRun> {
    return this.walk(`/api/v1/onboardings/${part(onboardingId)}/automation_runs`, params, options);
  }

  /**
   * Retrieve the draft of a recap. What was drafted when the onboarding launched last: phases, launch date, tasks,
   * people, in Markdown.
   */
  getRecap(onboardingId: Id, options?: RequestOptions): Promise<models.LaunchRecap> {
    return this.call({ method: "GET", path: `/api/v1/onboardings/${part(onboardingId)}/recap` }, options);
  }
}

export class EventTypesMethods extends Methods {
  /**
   * List event types. Everything that webhooks can tell, each with the JSON Schema of its envelope and an example, on
   * one page.
   */
  list(options?: RequestOptions): Listing<models.EventTypeResource> {
    return this.walk("/api/v1/event_types", undefined, options);
  }

  /** Retrieve an event type. One event type, by its name. */
  get(name: Id, options?: RequestOptions): Promise<models.EventTypeResource> {
    return this.call({ method: "GET", path: `/api/v1/event_types/${part(name)}` }, options);
  }
}

export class WebhookEndpointsMethods extends Methods {
  /** List webhook endpoints. Endpoints of the workspace, newest first, without their secrets. */
  list(params: params.WebhookEndpointsListParams = {}, options?: RequestOptions): Listing<models.WebhookEndpoint> {
    return this.walk("/api/v1/webhook_endpoints", params, options);
  }

  /**
   * Create a webhook endpoint. Subscribes a URL to events. The answer holds the secret that its signatures are verified
   * with, this once.
   */
  create(
    params: params.WebhookEndpointsCreateParams,
    options?: RequestOptions,
  ): Promise<models.WebhookEndpointWithSecret> {
    return this.call({ method: "POST", path: "/api/v1/webhook_endpoints", json: params }, options);
  }

  /** Retrieve a webhook endpoint. One endpoint and how it fares, without its secret. */
  get(webhookEndpointId: Id, options?: RequestOptions): Promise<models.WebhookEndpoint> {
    return this.call({ method: "GET", path: `/api/v1/webhook_endpoints/${part(webhookEndpointId)}` }, options);
  }

  /** Update a webhook endpoint. Changes the fields that are sent. Deliveries that wait already go to the new URL. */
  update(
    webhookEndpointId: Id,
    params: params.WebhookEndpointsUpdateParams,
    options?: RequestOptions,
  ): Promise<models.WebhookEndpoint> {
    return this.call(
      { method: "PATCH", path: `/api/v1/webhook_endpoints/${part(webhookEndpointId)}`, json: params },
      options,
    );
  }

  /**
   * Delete a webhook endpoint. Sends it nothing any more and hides it with its deliveries. Repeating it gives the same
   * answer.
   */
  delete(webhookEndpointId: Id, options?: RequestOptions): Promise<models.DeletedWebhookEndpoint> {
    return this.call({ method: "DELETE", path: `/api/v1/webhook_endpoints/${part(webhookEndpointId)}` }, options);
  }

  /**
   * Enable a webhook endpoint. Sends to it again, what waited meanwhile included, and counts its failures from zero.
   */
  enable(webhookEndpointId: Id, options?: RequestOptions): Promise<models.WebhookEndpoint> {
    return this.call({ method: "POST", path: `/api/v1/webhook_endpoints/${part(webhookEndpointId)}/enable` }, options);
  }

  /**
   * Rotate a webhook endpoint's secret. Makes a new secret and shows it, this once. The one before it signs beside it
   * for 24 hours.
   */
  rotateSecret(webhookEndpointId: Id, options?: RequestOptions): Promise<models.WebhookEndpointWithSecret> {
    return this.call(
      { method: "POST", path: `/api/v1/webhook_endpoints/${part(webhookEndpointId)}/rotate_secret` },
      options,
    );
  }

  /**
   * Send a test event. Sends a made-up event with `livemode: false`, whatever the endpoint's mode and list of events.
   */
  sendTestEvent(
    webhookEndpointId: Id,
    params: params.WebhookEndpointsSendTestEventParams,
    options?: RequestOptions,
  ): Promise<models.Delivery> {
    return this.call(
      { method: "POST", path: `/api/v1/webhook_endpoints/${part(webhookEndpointId)}/test`, json: params },
      options,
    );
  }

  /** List a webhook endpoint's deliveries. What was sent, is on its way or failed; newest events first. */
  listDeliveries(
    webhookEndpointId: Id,
    params: params.WebhookEndpointsListDeliveriesParams = {},
    options?: RequestOptions,
  ): Listing<models.Delivery> {
    return this.walk(`/api/v1/webhook_endpoints/${part(webhookEndpointId)}/deliveries`, params, options);
  }

  /**
   * Send everything that was missed. Sends what the endpoint should have got since then and has not: what failed, and
   * what it was disabled for.
   *
   * One call looks at up to 10,000 events. While `has_more` is true, call again with `next_since` as `since`.
   */
  replayMissing(
    webhookEndpointId: Id,
    params: params.WebhookEndpointsReplayMissingParams,
    options?: RequestOptions,
  ): Promise<models.Replay> {
    return this.call(
      { method: "POST", path: `/api/v1/webhook_endpoints/${part(webhookEndpointId)}/replay_missing`, json: params },
      options,
    );
  }

  /**
   * Send events again. Sends up to 1,000 events, whether the endpoint had them before or not and whatever its list of
   * events says.
   */
  resend(
    webhookEndpointId: Id,
    params: params.WebhookEndpointsResendParams,
    options?: RequestOptions,
  ): Promise<models.ResentDeliveries> {
    return this.call(
      { method: "POST", path: `/api/v1/webhook_endpoints/${part(webhookEndpointId)}/resend`, json: params },
      options,
    );
  }
}

export class DeliveriesMethods extends Methods {
  /**
   * Retrieve a delivery. One delivery with the event that it carries and every attempt: what was sent, what came back.
   */
  get(deliveryId: Id, options?: RequestOptions): Promise<models.DeliveryWithAttempts> {
    return this.call({ method: "GET", path: `/api/v1/deliveries/${part(deliveryId)}` }, options);
  }

  /**
   * Replay a delivery. Sends it again, under the same `svix-id` and with the same bytes. One that is being sent is left
   * alone.
   */
  replay(deliveryId: Id, options?: RequestOptions): Promise<models.Delivery> {
    return this.call({ method: "POST", path: `/api/v1/deliveries/${part(deliveryId)}/replay` }, options);
  }
}

export class RequestLogsMethods extends Methods {
  /**
   * List API requests. What the workspace's API keys asked for and were answered, newest first; a request shows after
   * about a second.
   */
  list(params: params.RequestLogsListParams = {}, options?: RequestOptions): Listing<models.RequestLog> {
    return this.walk("/api/v1/request_logs", params, options);
  }
}

/** All resources of the API. */
export class Resources {
  readonly me: MeMethods;
  readonly health: HealthMethods;
  readonly openapi: OpenapiMethods;
  readonly customers: CustomersMethods;
  readonly contacts: ContactsMethods;
  readonly leads: LeadsMethods;
  readonly pipelines: PipelinesMethods;
  readonly messages: MessagesMethods;
  readonly leadMerges: LeadMergesMethods;
  readonly calendar: CalendarMethods;
  readonly onboardings: OnboardingsMethods;
  readonly phases: PhasesMethods;
  readonly tasks: TasksMethods;
  readonly templates: TemplatesMethods;
  readonly customFields: CustomFieldsMethods;
  readonly tags: TagsMethods;
  readonly events: EventsMethods;
  readonly comments: CommentsMethods;
  readonly attachments: AttachmentsMethods;
  readonly people: PeopleMethods;
  readonly notifications: NotificationsMethods;
  readonly notificationPreferences: NotificationPreferencesMethods;
  readonly messageTemplates: MessageTemplatesMethods;
  readonly reminders: RemindersMethods;
  readonly automations: AutomationsMethods;
  readonly eventTypes: EventTypesMethods;
  readonly webhookEndpoints: WebhookEndpointsMethods;
  readonly deliveries: DeliveriesMethods;
  readonly requestLogs: RequestLogsMethods;

  constructor(transport: Transport) {
    this.me = new MeMethods(transport);
    this.health = new HealthMethods(transport);
    this.openapi = new OpenapiMethods(transport);
    this.customers = new CustomersMethods(transport);
    this.contacts = new ContactsMethods(transport);
    this.leads = new LeadsMethods(transport);
    this.pipelines = new PipelinesMethods(transport);
    this.messages = new MessagesMethods(transport);
    this.leadMerges = new LeadMergesMethods(transport);
    this.calendar = new CalendarMethods(transport);
    this.onboardings = new OnboardingsMethods(transport);
    this.phases = new PhasesMethods(transport);
    this.tasks = new TasksMethods(transport);
    this.templates = new TemplatesMethods(transport);
    this.customFields = new CustomFieldsMethods(transport);
    this.tags = new TagsMethods(transport);
    this.events = new EventsMethods(transport);
    this.comments = new CommentsMethods(transport);
    this.attachments = new AttachmentsMethods(transport);
    this.people = new PeopleMethods(transport);
    this.notifications = new NotificationsMethods(transport);
    this.notificationPreferences = new NotificationPreferencesMethods(transport);
    this.messageTemplates = new MessageTemplatesMethods(transport);
    this.reminders = new RemindersMethods(transport);
    this.automations = new AutomationsMethods(transport);
    this.eventTypes = new EventTypesMethods(transport);
    this.webhookEndpoints = new WebhookEndpointsMethods(transport);
    this.deliveries = new DeliveriesMethods(transport);
    this.requestLogs = new RequestLogsMethods(transport);
  }
}
