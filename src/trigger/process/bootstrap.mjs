// Runs a Node handler over the Lambda Runtime API: CommonJS and ES modules, handlers that return a
// promise, call back, use context.done, or stream their response, which is gathered. Source: docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
// and nodejs-handler.html. Nothing but Node's own modules; what it prints is the log.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { createRequire } from "node:module";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");
const taskRoot = process.env.LAMBDA_TASK_ROOT;
const responseSizeMax = 6291556; // of which the server wants to see at most one byte more
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

let requestId = null; // of the invocation that runs
let endInvocation = null; // (error, result) once; null while none runs

function call(method, target, body = "", headers = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host, port, method, agent,
        path: `/2018-06-01/runtime/${target}`,
        headers: { ...headers, "Content-Length": Buffer.byteLength(body) },
      },
      (reply) => {
        const parts = [];
        reply.on("data", (part) => parts.push(part));
        reply.on("error", reject);
        reply.on("end", () => resolve({
          status: reply.statusCode, headers: reply.headers,
          body: Buffer.concat(parts).toString("utf8"),
        }));
      });
    request.on("error", reject);
    request.end(body);
  });
}

class RuntimeFault extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

// --- the log -------------------------------------------------------------------------------------

for (const [method, level] of [["log", "INFO"], ["info", "INFO"], ["debug", "DEBUG"],
  ["warn", "WARN"], ["error", "ERROR"], ["trace", "TRACE"]]) {
  const descriptor = level === "ERROR" || level === "WARN" ? 2 : 1;
  console[method] = (...values) =>
    writeAll(descriptor,
      `${new Date().toISOString()}\t${requestId ?? "undefined"}\t${level}\t${format(...values)}\n`);
}

// At once, so that a process which is killed has said what it said before.
function writeAll(descriptor, text) {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(fs.writeSync(descriptor, bytes));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

// --- errors --------------------------------------------------------------------------------------

function describe(error) {
  if (error instanceof Error || (error && typeof error === "object" && "stack" in error)) {
    return {
      errorType: String(error.name ?? "Error"),
      errorMessage: String(error.message ?? ""),
      trace: String(error.stack ?? "").split("\n"),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function logError(title, error, described) {
  const members = error && typeof error === "object" ? { ...error } : {};
  const { trace, ...rest } = described;
  console.error(`${title} \t${JSON.stringify({ ...rest, ...members, stack: trace })}`);
}

function post(target, described) {
  return call("POST", target, JSON.stringify(described), {
    "Content-Type": "application/json",
    "Lambda-Runtime-Function-Error-Type": described.errorType.replace(/[^\x20-\x7e]/g, "?"),
  });
}

// An error nobody caught: it ends the invocation, and the process, which may be in any state.
async function die(title, error, exitCode) {
  const described = describe(error);
  logError(title, error, described);
  try {
    const failed = requestId;
    requestId = null;
    await post(failed === null ? "init/error" : `invocation/${failed}/error`, described);
  } finally {
    process.exit(exitCode);
  }
}

process.on("uncaughtException", (error) => die("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason) => {
  const error = new RuntimeFault("Runtime.UnhandledPromiseRejection",
    reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason));
  error.reason = reason;
  if (reason instanceof Error) error.stack = `${error.name}: ${error.message}\n${reason.stack}`;
  die("Unhandled Promise Rejection", error, 128);
});

// --- streamed responses --------------------------------------------------------------------------
// Source: docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html

const streaming = Symbol.for("aws.lambda.runtime.handler.streaming"); // Lambda's own mark

// What the handler writes, as one response; no more of it than the server wants to see.
class ResponseStream extends Writable {
  #parts = [];
  #size = 0;
  #prelude = null;
  contentType = "application/octet-stream";

  constructor() {
    super({ objectMode: true }); // for objects, which are written as JSON
  }

  setContentType(type) {
    this.contentType = type;
  }

  // Written before anything else, even if nothing else is written.
  setPrelude(bytes) {
    this.#prelude = bytes;
  }

  gathered() {
    return Buffer.concat(this.#parts).subarray(0, responseSizeMax + 1);
  }

  #take(bytes) {
    if (this.#prelude !== null) {
      const prelude = this.#prelude;
      this.#prelude = null;
      this.#take(prelude);
    }
    if (this.#size > responseSizeMax) return;
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }

  _write(chunk, encoding, done) {
    try {
      const isBytes = chunk instanceof Uint8Array;
      const text = isBytes || typeof chunk === "string" ? chunk : JSON.stringify(chunk);
      // A copy: the writer may use its buffer again.
      this.#take(isBytes ? Buffer.from(chunk) : Buffer.from(text, encoding));
      done();
    } catch (error) {
      done(error);
    }
  }

  _final(done) {
    this.#take(Buffer.alloc(0));
    done();
  }
}

globalThis.awslambda = {
  streamifyResponse(handler) {
    handler[streaming] = "response";
    return handler;
  },
  // Status, headers and cookies in front of a body, as function URLs and API Gateway read them.
  HttpResponseStream: class HttpResponseStream {
    static from(stream, metadata) {
      stream.setContentType("application/vnd.awslambda.http-integration-response");
      stream.setPrelude(Buffer.concat([Buffer.from(JSON.stringify(metadata)), Buffer.alloc(8)]));
      return stream;
    }
  },
};

// --- the handler ---------------------------------------------------------------------------------

function findModule(base) {
  for (const end of ["", ".js", ".mjs", ".cjs"]) {
    if (fs.existsSync(base + end) && fs.statSync(base + end).isFile()) return base + end;
  }
  const index = ["index.js", "index.mjs", "index.cjs"].map((name) => path.join(base, name));
  return index.find((file) => fs.existsSync(file));
}

function isEsModule(file) {
  if (file.endsWith(".mjs")) return true;
  if (!file.endsWith(".js")) return false;
  for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
    const description = path.join(directory, "package.json");
    if (fs.existsSync(description)) {
      return JSON.parse(fs.readFileSync(description, "utf8")).type === "module";
    }
    if (directory === path.dirname(directory)) return false;
  }
}

async function loadModule(file) {
  try {
    if (isEsModule(file)) return await import(pathToFileURL(file));
    return createRequire(file)(file);
  } catch (error) {
    if (error instanceof SyntaxError) {
      const fault = new RuntimeFault("Runtime.UserCodeSyntaxError", `SyntaxError: ${error.message}`);
      fault.stack = error.stack;
      throw fault;
    }
    if (error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND") {
      const fault = new RuntimeFault("Runtime.ImportModuleError", `Error: ${error.message}`);
      fault.stack = error.stack;
      throw fault;
    }
    throw error;
  }
}

// "folder/module.object.function": what is after the last slash is split at its first dot.
async function findHandler(name) {
  const [, directory, rest] = name.match(/^(.*\/)?([^/]*)$/s);
  const dot = rest.indexOf(".");
  if (dot <= 0 || dot === rest.length - 1 || name.includes("..")) {
    throw new RuntimeFault("Runtime.MalformedHandlerName", "Bad handler");
  }
  const moduleName = path.join(directory ?? "", rest.slice(0, dot));
  const file = findModule(path.resolve(taskRoot, moduleName));
  if (!file) {
    throw new RuntimeFault("Runtime.ImportModuleError",
      `Error: Cannot find module '${path.basename(moduleName)}'`);
  }
  const members = rest.slice(dot + 1).split(".");
  const module = await loadModule(file);
  const handler = members.reduce((object, member) => object?.[member], module) ??
    members.reduce((object, member) => object?.[member], module?.default);
  if (handler === undefined || handler === null) {
    throw new RuntimeFault("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  }
  if (typeof handler !== "function") {
    throw new RuntimeFault("Runtime.HandlerNotFound", `${name} is not a function`);
  }
  return handler;
}

function makeContext(headers, settle) {
  const deadlineMs = Number(headers["lambda-runtime-deadline-ms"]);
  const clientContext = headers["lambda-runtime-client-context"];
  const environment = process.env;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: clientContext ? JSON.parse(clientContext) : undefined,
    identity: undefined,
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    getRemainingTimeInMillis: () => Math.max(deadlineMs - Date.now(), 0),
    done: (error, result) => settle(error, result, true),
    succeed: (result) => settle(null, result, true),
    fail: (error) => settle(error ?? new Error("handled"), undefined, true),
  };
}

// Error and result of one invocation. A handler that calls back has ended when the event loop is
// empty too, unless it said that it does not wait for it.
function run(handler, event, headers) {
  return new Promise((resolve) => {
    let outcome = { error: null, result: undefined };
    endInvocation = () => {
      endInvocation = null;
      resolve(outcome);
    };
    const settle = (error, result, atOnce) => {
      if (endInvocation === null) return;
      outcome = { error, result };
      if (atOnce || error || context.callbackWaitsForEmptyEventLoop === false) endInvocation();
    };
    const context = makeContext(headers, settle);
    const fail = (error) => settle(error ?? new Error("null"), undefined, true);
    try {
      const returned = handler(event, context, (error, result) => settle(error, result, false));
      if (typeof returned?.then === "function") {
        returned.then((result) => settle(null, result, true), fail);
      }
    } catch (error) {
      fail(error);
    }
  });
}

// As run(), for a handler that streams: it has ended when its stream has and its promise is kept,
// or when nothing is left to do. The result is the stream.
function runStreaming(handler, event, headers) {
  return new Promise((resolve) => {
    const stream = new ResponseStream();
    endInvocation = (error = null) => {
      if (endInvocation === null) return;
      endInvocation = null;
      resolve({ error, result: stream });
    };
    const fail = (error) => endInvocation?.(error ?? new Error("null"));
    const finished = new Promise((done) => stream.once("finish", done));
    stream.on("error", fail); // later ones have nobody to tell
    const context = makeContext(headers, () => {});
    try {
      const returned = handler(event, stream, context);
      Promise.all([returned, finished]).then(() => endInvocation?.(), fail);
    } catch (error) {
      fail(error);
    }
  });
}

// Nothing is left to do, and the handler has neither returned a promise that settles nor called
// back with an error: what it has given so far is its result.
process.on("beforeExit", () => endInvocation?.());

async function serve(handler) {
  for (;;) {
    const { status, headers, body } = await call("GET", "invocation/next");
    if (status !== 200) process.exit(1);
    requestId = headers["lambda-runtime-aws-request-id"];
    process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"];
    const runs = handler[streaming] === undefined ? run : runStreaming;
    let { error, result } = await runs(handler, JSON.parse(body), headers);
    let payload;
    let contentType = "application/json";
    if (!error && runs === runStreaming) {
      payload = result.gathered();
      contentType = result.contentType;
    } else if (!error) {
      try {
        payload = Buffer.from(JSON.stringify(result === undefined ? null : result) ?? "null")
          .subarray(0, responseSizeMax + 1);
      } catch (fault) {
        error = new RuntimeFault("Runtime.MarshalError",
          `Unable to stringify response body as json: ${fault.message}`);
      }
    }
    const ended = requestId;
    if (error) {
      const described = describe(error);
      logError("Invoke Error", error, described);
      requestId = null;
      await post(`invocation/${ended}/error`, described);
    } else {
      requestId = null;
      await call("POST", `invocation/${ended}/response`, payload,
        { "Content-Type": contentType });
    }
  }
}

try {
  const handler = await findHandler(process.env._HANDLER);
  serve(handler).catch(() => process.exit(1)); // the server is gone
} catch (error) {
  await die("Init Error", error, 1);
}
