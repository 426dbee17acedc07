"""What crosses between a hidden test and a submission: plain values by value, the rest by proxy.

Reading order: framing (messages), visible_bytes and shared_arrays (arrays), shared_classes, codec
(what crosses by value), mutations (what a call changed in it), operations and proxies (what does
not cross), exceptions, registry and connection (the conversation). Its two ends: answers (the
submission's), then access_policy, namespace, run_test and tester.
"""
