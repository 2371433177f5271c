"""The verbs.  Each opens its own transactions and calls the layers below; none calls another."""
