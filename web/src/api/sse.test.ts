import assert from "node:assert/strict";
import { test } from "node:test";
import { SseParser } from "./sse";

const parse = (...pieces: string[]) => {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

test("an event has its type, its data and the last id", () => {
  assert.deepEqual(parse("id: 7\nevent: read\ndata: {}\n\n"), [
    { type: "read", data: "{}", id: "7" },
  ]);
});

test("events come out the same however the stream is cut", () => {
  const stream = "id: a\r\nevent: message\r\ndata: one\r\ndata: two\r\n\r\n: comment\r\n\r\ndata:x\r\n\r\n";
  const whole = parse(stream);
  assert.deepEqual(whole, [
    { type: "message", data: "one\ntwo", id: "a" },
    { type: "message", data: "x", id: "a" },
  ]);
  for (let at = 0; at <= stream.length; at++) {
    assert.deepEqual(parse(stream.slice(0, at), stream.slice(at)), whole, `cut at ${at}`);
  }
  assert.deepEqual(parse(...stream), whole);
});

test("lone CR, LF and CRLF all end a line", () => {
  assert.equal(parse("data: 1\r\rdata: 2\n\ndata: 3\r\n\r\ndata: 4\n\n").length, 4);
});

test("comments, unknown fields and events without data give nothing", () => {
  assert.deepEqual(parse(": still here\n\nretry: 10\n\nevent: typing\n\n"), []);
});

test("an event's type does not last beyond it", () => {
  assert.deepEqual(
    parse("event: left\ndata: 1\n\ndata: 2\n\n").map(({ type }) => type),
    ["left", "message"],
  );
});

test("an id counts only once its event is complete, and stays for those without one", () => {
  const parser = new SseParser("0");
  parser.push("id: 1\ndata: a\n");
  assert.equal(parser.lastEventId, "0");
  parser.push("\n");
  assert.equal(parser.lastEventId, "1");
  assert.equal(parser.push("event: typing\ndata: b\n\n")[0]?.id, "1");
});

test("an id with a NUL in it is passed over", () => {
  assert.equal(parse("id: 1\ndata: a\n\nid: 2\0\ndata: b\n\n")[1]?.id, "1");
});

test("one space after the colon belongs to the format, a second to the data", () => {
  assert.equal(parse("data:  two\n\n")[0]?.data, " two");
});
