#!/usr/bin/env node
// Checks items of lists with the schemas of the npm SDK, and compiles output schemas as its client does when it reads a list.
//   node check.mjs < lines of { kind: "Tool" | "Prompt" | "Resource" | "ResourceTemplate", item: {…} }
// Prints how many lines there were; a line of its own for each that the SDK refuses.
import { createInterface } from 'node:readline';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import { PromptSchema, ResourceSchema, ResourceTemplateSchema, ToolSchema } from '@modelcontextprotocol/sdk/types.js';

// A validator keeps what it compiled; a new one now and then keeps it small. What it warns of unknown formats is of no interest.
console.warn = () => {};
const kinds = { Tool: ToolSchema, Prompt: PromptSchema, Resource: ResourceSchema, ResourceTemplate: ResourceTemplateSchema };
let validator = new AjvJsonSchemaValidator();
let count = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (++count % 500 === 0) validator = new AjvJsonSchemaValidator();
  const { kind, item } = JSON.parse(line);
  try {
    const { outputSchema } = kinds[kind].parse(item);
    if (outputSchema) validator.getValidator(outputSchema);
  } catch (refusal) {
    console.log(`refused: ${refusal.message.replaceAll('\n', ' ')} in ${line}`);
  }
}
console.log(count);
