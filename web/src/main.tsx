// The app's entry.
import { render } from "preact";
import "./styles/index.css";
import { interceptLinks } from "./lib/router";
import { App } from "./views/App";

interceptLinks();
render(<App />, document.getElementById("app")!);
