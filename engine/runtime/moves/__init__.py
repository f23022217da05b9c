"""What happens to a whole case from outside its flow, at any stage: it is ended, suspended, resumed."""
