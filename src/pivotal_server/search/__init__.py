"""Finding things: customers, onboardings, contacts, tasks and places of the app, by words and by what they are."""
