"""What happens to a case from outside its flow: withdrawal, a death, refusal to cooperate, another scheme, corrections,
suspension. Each is asked for by one person and confirmed by another (docs/moves.md)."""
