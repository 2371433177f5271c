"""Training: from shared text to a bundle.  Reached from the command line only; needs the ``torch`` extra."""
