"""How a sweep back (回扫) judges, changes and shows posts; :mod:`moderation.services.sweeping` has the verbs."""
