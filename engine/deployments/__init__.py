"""Deployments: one person proposes that a release becomes the current one, another confirms; and which one was when."""
