"""Runs BPMN: releases, instances, work items, clocks, rules, the journal. Knows nothing of assistance or HTTP."""
