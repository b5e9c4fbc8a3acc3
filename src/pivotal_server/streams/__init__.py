"""Events as they happen: streams that miss none, and test events for whoever listens to one."""
