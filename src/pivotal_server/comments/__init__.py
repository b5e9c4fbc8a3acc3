"""Comments: what people say on an onboarding or a task, whom they mention, and the files that they attach."""
