"""The bridge between a hidden test and a submission: plain values cross by value, others by proxy.

Reading order: framing (messages), visible_bytes and shared_arrays (arrays), shared_classes (classes
that both sides have), random_generators (what is in one), mutations (what is in a mutable value),
shared_values (values that both sides have), value_names, encoding and decoding (what crosses by
value), operations, proxies, registry and shared_objects (what does not cross), exceptions and
shared_errors, value_digest (whether two values are the same), submission_names, use_profile (what a
test allows), thread_turns and connection (questions and answers). Its two ends: answers (the
submission's), then access_policy, empty_arrays, run_test, given_values, namespace and tester (the
tester's).
"""
