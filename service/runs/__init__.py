"""Solves as jobs: asked for, leased by workers, each in a process of its own; what comes out is a proposal."""
