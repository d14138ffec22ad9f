// All browser tests in one process: one browser, one server.
import "./accessibility.test.mjs";
