// Made by `make sdk-generate` of the API's description. Do not edit.
import type {
  ContactCreatedEvent,
  ContactDeletedEvent,
  ContactUpdatedEvent,
  CustomerArchivedEvent,
  CustomerAtRiskEvent,
  CustomerChurnedEvent,
  CustomerCreatedEvent,
  CustomerHealthScoreDroppedEvent,
  CustomerUpdatedEvent,
  LeadCreatedEvent,
  LeadDeletedEvent,
  LeadLostEvent,
  LeadMergedEvent,
  LeadStageChangedEvent,
  LeadUpdatedEvent,
  LeadWonEvent,
  OnboardingAtRiskEvent,
  OnboardingBackOnTrackEvent,
  OnboardingCompletedEvent,
  OnboardingCreatedEvent,
  OnboardingLaunchedEvent,
  OnboardingPhaseChangedEvent,
  OnboardingStateChangedEvent,
  TaskCompletedEvent,
  TaskCreatedEvent,
  TaskReopenedEvent,
  TaskUpdatedEvent,
} from "./models.js";

/** What webhooks tell; `type` says which. A later server may tell of more: let an unknown `type` pass. */
export type WebhookEvent =
  | ContactCreatedEvent
  | ContactDeletedEvent
  | ContactUpdatedEvent
  | CustomerArchivedEvent
  | CustomerAtRiskEvent
  | CustomerChurnedEvent
  | CustomerCreatedEvent
  | CustomerHealthScoreDroppedEvent
  | CustomerUpdatedEvent
  | LeadCreatedEvent
  | LeadDeletedEvent
  | LeadLostEvent
  | LeadMergedEvent
  | LeadStageChangedEvent
  | LeadUpdatedEvent
  | LeadWonEvent
  | OnboardingAtRiskEvent
  | OnboardingBackOnTrackEvent
  | OnboardingCompletedEvent
  | OnboardingCreatedEvent
  | OnboardingLaunchedEvent
  | OnboardingPhaseChangedEvent
  | OnboardingStateChangedEvent
  | TaskCompletedEvent
  | TaskCreatedEvent
  | TaskReopenedEvent
  | TaskUpdatedEvent;

/** The types of events that this version knows. */
export type EventName = WebhookEvent["type"];
