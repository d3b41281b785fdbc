"""What must outlive a crash: links, the outbox, leases, tokens, answers already seen, questions for a person."""
