"""The register of group robots."""
