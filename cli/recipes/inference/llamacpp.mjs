// A small OpenAI-compatible server over node-llama-cpp, for the recipe inference/llamacpp: GET /health and /v1/models,
// POST /v1/completions and /v1/chat/completions, streamed or not, several at once.
//
// Environment: HOST and PORT to listen at; LLAMA_MODEL, a GGUF file; LLAMA_NAME, what the model is called (else as the file);
// LLAMA_CONTEXT, tokens of a request's prompt and answer together (else as the model was trained, 4096 at most);
// LLAMA_PARALLEL, requests that are answered at once (4); LLAMA_THREADS (all processors but one: llama.cpp's threads wait for
// each other in a loop, so where somebody else works too, one thread too many is a hundred times slower); LLAMA_CHAT: "template" refuses to
// chat where the model has no chat template, as vLLM does; "plain" chats with any model, as "User: …", "Assistant: …".

import http from "node:http";
import os from "node:os";
import path from "node:path";
import {randomUUID} from "node:crypto";

const host = process.env.HOST ?? "127.0.0.1";
const port = Number(process.env.PORT ?? 8001);
const modelFile = process.env.LLAMA_MODEL ?? "";
const modelName = process.env.LLAMA_NAME || path.basename(modelFile).replace(/\.gguf$/, "");
const parallel = Math.max(1, Number(process.env.LLAMA_PARALLEL || 4));
const threads = Number(process.env.LLAMA_THREADS) || Math.max(1, os.availableParallelism() - 1);
const chatMode = process.env.LLAMA_CHAT || "template";
const bodyBytesMax = 1 << 20;
const waitingMax = 1024;

/** A request that can't be answered as it is. */
class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The model, and so many places to answer from; who finds none free waits its turn. */
class Engine {
  static async load() {
    const {getLlama, LlamaLogLevel} = await import("node-llama-cpp");
    const llama = await getLlama({gpu: "auto", build: "never", progressLogs: false, logLevel: LlamaLogLevel.error,
      maxThreads: threads});
    const model = await llama.loadModel({modelPath: modelFile});
    const contextSize = Number(process.env.LLAMA_CONTEXT) || Math.min(model.trainContextSize, 4096);
    const context = await model.createContext({sequences: parallel, contextSize});
    return new Engine(model, context, contextSize);
  }

  constructor(model, context, contextSize) {
    this.model = model;
    this.contextSize = contextSize;
    this.chatTemplate = model.fileInfo?.metadata?.tokenizer?.chat_template;
    this.free = Array.from({length: parallel}, () => context.getSequence());
    this.waiting = [];
  }

  async take() {
    if (this.free.length > 0) return this.free.pop();
    if (this.waiting.length >= waitingMax) throw new Refusal(503, "too many requests wait already");
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  giveBack(sequence) {
    const next = this.waiting.shift();
    if (next) next(sequence);
    else this.free.push(sequence);
  }

  /** Answers a prompt piece by piece: calls `piece(text)` and returns {text, reason, usage}. */
  async answer(prompt, wish, gone, piece) {
    const tokens = this.model.tokenize(prompt, true);
    if (tokens.length === 0 && this.model.tokens.bos != null) tokens.push(this.model.tokens.bos);
    const room = this.contextSize - tokens.length - 1;
    if (room < 1)
      throw new Refusal(400, `This model's maximum context length is ${this.contextSize} tokens; the prompt has ` +
        `${tokens.length}.`);
    const sequence = await this.take();
    try {
      await sequence.clearHistory();
      return await this.#generate(sequence, tokens, {...wish, maxTokens: Math.min(wish.maxTokens, room)}, gone, piece);
    } finally {
      this.giveBack(sequence);
    }
  }

  async #generate(sequence, tokens, wish, gone, piece) {
    const made = [];
    let told = "";
    let reason = "stop";  // Also where the model has said its last token, which isn't given.
    const options = {temperature: wish.temperature, topP: wish.topP, ...(wish.seed == null ? {} : {seed: wish.seed})};
    for await (const token of sequence.evaluate(tokens, options)) {
      if (gone.aborted) break;
      made.push(token);
      let text = this.model.detokenize(made, false, tokens);
      const stops = wish.stop.map((word) => text.indexOf(word)).filter((at) => at >= 0);
      if (stops.length > 0) text = text.slice(0, Math.min(...stops));
      const isWhole = !text.endsWith("\ufffd");  // A character may take several tokens.
      if (isWhole && text.length > told.length) {
        piece(text.slice(told.length));
        told = text;
      }
      if (stops.length > 0) break;
      if (made.length >= wish.maxTokens) {
        reason = "length";
        break;
      }
    }
    const usage = {prompt_tokens: tokens.length, completion_tokens: made.length,
      total_tokens: tokens.length + made.length};
    return {text: told, reason, usage};
  }
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

function numberOf(body, name, fallback, least, most) {
  const value = body[name] ?? fallback;
  if (typeof value !== "number" || !(value >= least && value <= most))
    throw new Refusal(400, `${name} must be a number from ${least} to ${most}`);
  return value;
}

function wishOf(body) {
  if (body.model != null && body.model !== modelName)
    throw new Refusal(404, `The model \`${body.model}\` does not exist.`);
  if (body.n != null && body.n !== 1) throw new Refusal(400, "n must be 1");
  const stop = typeof body.stop === "string" ? [body.stop] : body.stop ?? [];
  if (!Array.isArray(stop) || stop.length > 4 || stop.some((word) => typeof word !== "string" || word === ""))
    throw new Refusal(400, "stop must be a string, or up to four");
  const most = body.max_completion_tokens != null ? "max_completion_tokens" : "max_tokens";
  return {
    maxTokens: Math.floor(numberOf(body, most, 16, 1, 1 << 20)),
    temperature: numberOf(body, "temperature", 1, 0, 2),
    topP: numberOf(body, "top_p", 1, 0, 1),
    seed: body.seed ?? null,
    stop,
  };
}

function textOf(content) {
  if (typeof content === "string") return content;
  if (Array.isArray(content) && content.every((part) => part?.type === "text" && typeof part.text === "string"))
    return content.map((part) => part.text).join("");
  throw new Refusal(400, "content must be text");
}

/** The prompt of a chat: by the model's own template, or plainly. */
async function chatPrompt(engine, messages) {
  if (!Array.isArray(messages) || messages.length === 0 || !messages.every(isObject))
    throw new Refusal(400, "messages must be a list of objects, and not empty");
  const said = messages.map((message) => ({role: String(message.role), content: textOf(message.content)}));
  if (chatMode === "plain")
    return said.map(({role, content}) => `${role === "assistant" ? "Assistant" : "User"}: ${content}\n`).join("") +
      "Assistant:";
  if (!engine.chatTemplate)
    throw new Refusal(400, "As of transformers v4.44, default chat template is no longer allowed, so you must provide a " +
      "chat template if the tokenizer does not define one.");
  const {Template} = await import("@huggingface/jinja");
  const token = (value) => value == null ? "" : engine.model.detokenize([value], true);
  return new Template(engine.chatTemplate).render({messages: said, add_generation_prompt: true,
    bos_token: token(engine.model.tokens.bos), eos_token: token(engine.model.tokens.eos)});
}

/** How the two kinds of completion differ on the wire. */
const kinds = {
  completion: {
    id: "cmpl", whole: "text_completion", part: "text_completion",
    choice: (text, reason) => ({index: 0, text, logprobs: null, finish_reason: reason}),
    delta: (text, reason) => ({index: 0, text, logprobs: null, finish_reason: reason}),
    limit: {},
  },
  chat: {
    id: "chatcmpl", whole: "chat.completion", part: "chat.completion.chunk",
    choice: (text, reason) => ({index: 0, message: {role: "assistant", content: text}, logprobs: null,
      finish_reason: reason}),
    delta: (text, reason) => ({index: 0, delta: text === null ? {} : {content: text}, finish_reason: reason}),
    limit: {max_tokens: 256},
  },
};

async function complete(engine, kind, body, response) {
  const form = kinds[kind];
  const prompt = kind === "chat" ? await chatPrompt(engine, body.messages) : body.prompt;
  if (typeof prompt !== "string") throw new Refusal(400, "prompt must be a string");
  const wish = wishOf({...form.limit, ...body});
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const head = {id: `${form.id}-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: modelName};

  if (body.stream !== true) {
    const {text, reason, usage} = await engine.answer(prompt, wish, gone.signal, () => {});
    return send(response, 200, {...head, object: form.whole, choices: [form.choice(text, reason)], usage});
  }
  const tell = (choices, more = {}) => {
    if (!response.headersSent)
      response.writeHead(200, {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store"});
    response.write(`data: ${JSON.stringify({...head, object: form.part, choices, ...more})}\n\n`);
  };
  const {reason, usage} = await engine.answer(prompt, wish, gone.signal, (text) => tell([form.delta(text, null)]));
  tell([form.delta(kind === "chat" ? null : "", reason)]);
  if (body.stream_options?.include_usage) tell([], {usage});
  response.end("data: [DONE]\n\n");
}

function send(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, {"Content-Type": "application/json", "Content-Length": Buffer.byteLength(text)});
  response.end(text);
}

function refuse(response, failure) {
  const status = failure instanceof Refusal ? failure.status : 500;
  if (status === 500) console.error(failure);
  if (response.headersSent) return response.destroy();
  const type = status >= 500 ? "server_error" : "invalid_request_error";
  send(response, status, {error: {message: failure.message, type, param: null, code: null}});
}

async function readBody(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > bodyBytesMax) throw new Refusal(413, "the body is too long");
    chunks.push(chunk);
  }
  try {
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (isObject(body)) return body;
  } catch {
    // Said below.
  }
  throw new Refusal(400, "the body must be a JSON object");
}

async function route(engine, request, response) {
  const {pathname} = new URL(request.url, "http://server");
  const asked = `${request.method} ${pathname}`;
  if (asked === "GET /health") return send(response, 200, {status: "ok"});
  if (asked === "GET /v1/models")
    return send(response, 200, {object: "list", data: [{id: modelName, object: "model", created: 0, owned_by: "local",
      max_model_len: engine.contextSize}]});
  if (asked === "POST /v1/completions") return complete(engine, "completion", await readBody(request), response);
  if (asked === "POST /v1/chat/completions") return complete(engine, "chat", await readBody(request), response);
  throw new Refusal(404, "there is nothing here");
}

console.log(`INFO:     Loading ${modelName}`);
const engine = await Engine.load();
const server = http.createServer((request, response) =>
  route(engine, request, response).catch((failure) => refuse(response, failure)));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
server.listen(port, host, () => {
  console.log("INFO:     Application startup complete.");
  console.log(`INFO:     Serving ${modelName} on http://${host}:${port}`);
});
