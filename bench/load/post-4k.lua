-- Shapes every request of the load: a POST with a body of 4 KiB.
wrk.method = "POST"
wrk.body = string.rep("x", 4096)
wrk.headers["Content-Type"] = "application/octet-stream"
