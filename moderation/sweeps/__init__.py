"""How looking back works - sweeps, the radar, groups, emergency words; the services of these names have the verbs."""
