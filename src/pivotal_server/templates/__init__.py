"""Templates: plans that are made once and land in many onboardings."""
