"""Talk (沟通与讨论): a question to a colleague that moves nothing, and remarks on a case."""
