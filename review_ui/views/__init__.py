"""The pages, one file per subject.  A view parses, asks one verb, and renders."""
