"""What a tenant gives: values of the library, kept one by one, each with its version."""
