// The AWS SDK for JavaScript v3 against the server at $ENDPOINT: functions and event source mappings.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import {
  CreateEventSourceMappingCommand, CreateFunctionCommand, DeleteEventSourceMappingCommand, DeleteFunctionCommand,
  GetEventSourceMappingCommand, InvokeCommand, LambdaClient, ResourceConflictException, ResourceNotFoundException,
  UpdateFunctionConfigurationCommand, paginateListFunctions, waitUntilFunctionActiveV2, waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda'

const options = {
  endpoint: process.env.ENDPOINT, region: 'us-east-1', maxAttempts: 1,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
}
const client = new LambdaClient(options)
const tables = new DynamoDBClient(options)
const FunctionName = 'javascript'
const folder = mkdtempSync(join(tmpdir(), 'parley-js-'))
const create = () => client.send(new CreateFunctionCommand({
  FunctionName, Runtime: 'nodejs20.x', Handler: 'index.handler', Role: 'arn:aws:iam::000000000001:role/test',
  Code: { S3Bucket: 'hot-reload', S3Key: folder }, Timeout: 20,
}))
const text = (reply) => Buffer.from(reply.Payload).toString()

before(async () => {
  writeFileSync(join(folder, 'index.mjs'), `
    export const handler = async (event) => {
      console.log('got', Object.keys(event).join())
      if (event.fail) throw new TypeError('asked to fail')
      return { event, mode: process.env.MODE ?? null }
    }`)
  await create()
  await waitUntilFunctionActiveV2({ client, maxWaitTime: 5, minDelay: 1 }, { FunctionName })
})

after(async () => {
  await client.send(new DeleteFunctionCommand({ FunctionName }))
  rmSync(folder, { recursive: true })
  client.destroy()
  tables.destroy()
})

test('a function answers, and its log comes along', async () => {
  const reply = await client.send(new InvokeCommand({
    FunctionName, Payload: JSON.stringify({ a: 1 }), LogType: 'Tail',
  }))
  assert.equal(reply.StatusCode, 200)
  assert.deepEqual(JSON.parse(text(reply)), { event: { a: 1 }, mode: null })
  assert.match(Buffer.from(reply.LogResult, 'base64').toString(), /got a/)
})

test('what it throws is a function error', async () => {
  const reply = await client.send(new InvokeCommand({ FunctionName, Payload: '{"fail":true}' }))
  assert.equal(reply.FunctionError, 'Unhandled')
  assert.equal(JSON.parse(text(reply)).errorType, 'TypeError')
})

test('settings change, and errors have their classes', async () => {
  await client.send(new UpdateFunctionConfigurationCommand({
    FunctionName, Environment: { Variables: { MODE: 'new' } },
  }))
  await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 5, minDelay: 1 }, { FunctionName })
  assert.equal(JSON.parse(text(await client.send(new InvokeCommand({ FunctionName })))).mode, 'new')
  await assert.rejects(create(), ResourceConflictException)
  await assert.rejects(client.send(new InvokeCommand({ FunctionName: 'nobody' })), ResourceNotFoundException)
  const names = []
  for await (const page of paginateListFunctions({ client, pageSize: 1 }, {})) {
    names.push(...page.Functions.map((each) => each.FunctionName))
  }
  assert.ok(names.includes(FunctionName))
})

test('a mapping is made, seen and deleted', async () => {
  const TableName = 'JavaScriptStream'
  const made = await tables.send(new CreateTableCommand({
    TableName, BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  }))
  const mapping = await client.send(new CreateEventSourceMappingCommand({
    FunctionName, EventSourceArn: made.TableDescription.LatestStreamArn, StartingPosition: 'TRIM_HORIZON',
  }))
  assert.equal(mapping.State, 'Creating')
  assert.ok(mapping.LastModified instanceof Date)
  await tables.send(new PutItemCommand({ TableName, Item: { pk: { S: 'a' } } }))
  let result
  for (let looks = 0; looks < 300 && result !== 'OK'; ++looks) {
    result = (await client.send(new GetEventSourceMappingCommand({ UUID: mapping.UUID }))).LastProcessingResult
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.equal(result, 'OK')
  await client.send(new DeleteEventSourceMappingCommand({ UUID: mapping.UUID }))
  await tables.send(new DeleteTableCommand({ TableName }))
})
