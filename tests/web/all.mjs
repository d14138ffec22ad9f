// All browser tests in one process: one browser, one server.
import "./sign_in.test.mjs";
import "./conversations.test.mjs";
import "./messages.test.mjs";
import "./history.test.mjs";
import "./groups.test.mjs";
import "./settings.test.mjs";
import "./keyboard.test.mjs";
import "./accessibility.test.mjs";
