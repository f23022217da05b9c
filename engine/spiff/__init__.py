"""The façade over SpiffWorkflow 3.2: its parser with our task classes, its state without specs, our engine loop.

No other room imports SpiffWorkflow. What it gets wrong when pressed is handled here or refused by the lint.
"""
