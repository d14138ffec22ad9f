// Server-Sent Events read from a fetch() body: EventSource cannot send an Authorization header.
// The format is the HTML standard's, section 9.2.

export interface ServerSentEvent {
  type: string;
  data: string;
  /** The last id the stream has given, this event's or an earlier one's. */
  id: string;
}

/** Takes the stream's text in pieces of any size and gives the events that are complete. */
export class SseParser {
  private rest = "";
  private type = "";
  private data: string[] = [];
  private id: string;
  private pendingId: string;

  constructor(lastEventId = "") {
    this.id = this.pendingId = lastEventId;
  }

  get lastEventId(): string {
    return this.id;
  }

  push(piece: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    let text = this.rest + piece;
    // A lone CR at the end may be half of a CRLF: it waits for what follows.
    const held = text.endsWith("\r") ? "\r" : "";
    if (held) text = text.slice(0, -1);
    const lines = text.split(/\r\n|\n|\r/);
    this.rest = (lines.pop() ?? "") + held;
    for (const line of lines) {
      const event = line === "" ? this.dispatch() : this.field(line);
      if (event) events.push(event);
    }
    return events;
  }

  private field(line: string): null {
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.type = value;
    else if (name === "data") this.data.push(value);
    else if (name === "id" && !value.includes("\0")) this.pendingId = value;
    return null;
  }

  private dispatch(): ServerSentEvent | null {
    const { type, data } = this;
    this.type = "";
    this.data = [];
    this.id = this.pendingId;
    return data.length ? { type: type || "message", data: data.join("\n"), id: this.id } : null;
  }
}
