// The unmodified openai client, told nothing but a base URL: lists models, completes, chats, streams, leaves a stream, and
// meets refusals.
//   node openai_client.mjs MODULES BASE-URL [simulated]
// MODULES is a node_modules folder with the package `openai`. Exits 0 where all is as that client expects it.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, baseURL, kind] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/`));
const { OpenAI } = await import(pathToFileURL(require.resolve("openai")));
const client = new OpenAI({ baseURL, apiKey: "not-a-secret", maxRetries: 0 });
const messages = [{ role: "user", content: "In the beginning" }];

async function lists() {
  const models = [];
  for await (const model of client.models.list()) models.push(model.id);
  assert.equal(models.length, 1);
  return models[0];
}

async function completes(model) {
  const answer = await client.completions.create({ model, prompt: "In the beginning", max_tokens: 8 });
  assert.ok(answer.choices[0].text.length > 0);
  assert.ok(answer.usage.completion_tokens > 0 && answer.usage.completion_tokens <= 8);
}

async function chats(model) {
  const answer = await client.chat.completions.create({ model, messages, max_tokens: 16, temperature: 0 });
  assert.equal(answer.choices[0].message.role, "assistant");
  assert.ok(answer.choices[0].message.content.length > 0);
  return answer.choices[0].message.content;
}

/// What streams is the same as what comes at once.
async function streams(model, whole) {
  const stream = await client.chat.completions.create({ model, messages, max_tokens: 16, temperature: 0, stream: true });
  let text = "";
  let pieces = 0;
  let finish = null;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? "";
    finish = chunk.choices[0]?.finish_reason ?? finish;
    ++pieces;
  }
  assert.equal(text, whole);
  assert.ok(pieces > 2);
  assert.ok(["length", "stop"].includes(finish));
}

async function streamsCompletions(model) {
  const stream = await client.completions.create({ model, prompt: "And", max_tokens: 8, stream: true });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.text ?? "";
  assert.ok(text.length > 0);
}

/// A client that leaves in the middle leaves the service as it was.
async function leaves(model) {
  const stream = await client.chat.completions.create({ model, messages, max_tokens: 256, stream: true });
  for await (const chunk of stream) if (chunk.choices[0]?.delta?.content) break;
  stream.controller.abort();
  await chats(model);
}

async function isRefused() {
  await assert.rejects(client.chat.completions.create({ model: "no-such-model", messages }),
                       (error) => error instanceof OpenAI.NotFoundError && /no-such-model/.test(error.message));
  const nobody = new OpenAI({ baseURL: baseURL.replace(/\/vllm\/[^/]+\//, "/vllm/999999/"), apiKey: "x", maxRetries: 0 });
  await assert.rejects(nobody.models.list(), (error) => error instanceof OpenAI.NotFoundError);
}

const model = await lists();
await completes(model);
const whole = await chats(model);
await streams(model, whole);
await streamsCompletions(model);
await leaves(model);
if (kind === "simulated") await isRefused();
await Promise.all(Array.from({ length: 20 }, () => streams(model, whole)));
console.log(`openai client: all as expected of ${model}`);
