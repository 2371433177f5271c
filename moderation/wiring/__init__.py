"""Composition roots: the only places that choose an implementation."""
