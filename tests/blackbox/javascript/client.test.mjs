// The AWS SDK for JavaScript v3 against the server at $ENDPOINT: the low-level client.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  BatchWriteItemCommand, ConditionalCheckFailedException, CreateTableCommand, DeleteTableCommand,
  DescribeTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand, ResourceNotFoundException,
  TransactionCanceledException, TransactWriteItemsCommand, UpdateItemCommand, paginateListTables,
  paginateQuery, paginateScan, waitUntilTableExists, waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb'

const client = new DynamoDBClient({
  endpoint: process.env.ENDPOINT, region: 'us-east-1', maxAttempts: 1,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})
const TableName = 'JavaScript'
const key = (pk, sk) => ({ pk: { S: pk }, sk: { N: String(sk) } })

before(async () => {
  await client.send(new CreateTableCommand({
    TableName, BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'N' },
      { AttributeName: 'kind', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
    GlobalSecondaryIndexes: [{
      IndexName: 'by_kind', Projection: { ProjectionType: 'ALL' },
      KeySchema: [{ AttributeName: 'kind', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
    }],
  }))
  await waitUntilTableExists({ client, maxWaitTime: 5, minDelay: 1 }, { TableName })
})

after(async () => {
  await client.send(new DeleteTableCommand({ TableName }))
  await waitUntilTableNotExists({ client, maxWaitTime: 5, minDelay: 1 }, { TableName })
  client.destroy()
})

test('an item of every type comes back as it was put', async () => {
  const Item = {
    ...key('types', 1), s: { S: 'é😀' }, n: { N: '3.14' }, b: { B: new Uint8Array([0, 255]) }, yes: { BOOL: true },
    none: { NULL: true }, ss: { SS: ['a'] }, ns: { NS: ['1'] }, bs: { BS: [new Uint8Array([1])] },
    l: { L: [{ S: '' }, { M: {} }] }, m: { M: { deep: { L: [] } } },
  }
  await client.send(new PutItemCommand({ TableName, Item }))
  const got = await client.send(new GetItemCommand({ TableName, Key: key('types', 1), ConsistentRead: true }))
  assert.deepEqual(got.Item, Item)
})

test('errors are instances of their classes', async () => {
  await assert.rejects(client.send(new DescribeTableCommand({ TableName: 'Nowhere' })), ResourceNotFoundException)
  await client.send(new PutItemCommand({ TableName, Item: { ...key('cond', 1), state: { S: 'open' } } }))
  await assert.rejects(
    client.send(new PutItemCommand({
      TableName, Item: key('cond', 1), ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })),
    (error) => {
      assert.ok(error instanceof ConditionalCheckFailedException)
      assert.equal(error.message, 'The conditional request failed')
      assert.deepEqual(error.Item.state, { S: 'open' })
      assert.equal(error.$metadata.httpStatusCode, 400)
      assert.ok(error.$metadata.requestId)
      return true
    })
})

test('a cancelled transaction tells its reasons in order', async () => {
  await client.send(new PutItemCommand({ TableName, Item: key('tx', 1) }))
  await assert.rejects(
    client.send(new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName, Item: key('tx', 2) } },
        { Put: { TableName, Item: key('tx', 1), ConditionExpression: 'attribute_not_exists(pk)' } },
      ],
    })),
    (error) => {
      assert.ok(error instanceof TransactionCanceledException)
      assert.deepEqual(error.CancellationReasons.map((reason) => reason.Code), ['None', 'ConditionalCheckFailed'])
      return true
    })
  assert.equal((await client.send(new GetItemCommand({ TableName, Key: key('tx', 2) }))).Item, undefined)
})

test('paginators visit every item once', async () => {
  for (let from = 0; from < 50; from += 25) {
    const puts = Array.from({ length: 25 }, (_, at) => (
      { PutRequest: { Item: { ...key('pages', from + at), kind: { S: 'paged' } } } }))
    const written = await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: puts } }))
    assert.deepEqual(written.UnprocessedItems, {})
  }
  const all = Array.from({ length: 50 }, (_, at) => String(at))
  const visit = async (pages) => {
    const seen = []
    for await (const page of pages) seen.push(...page.Items.filter((i) => i.kind?.S === 'paged').map((i) => i.sk.N))
    return seen
  }
  const ExpressionAttributeValues = { ':v': { S: 'pages' } }
  const table = { TableName, KeyConditionExpression: 'pk = :v', ExpressionAttributeValues }
  assert.deepEqual(await visit(paginateQuery({ client, pageSize: 7 }, table)), all)
  const index = { TableName, IndexName: 'by_kind', KeyConditionExpression: 'kind = :v', ScanIndexForward: false,
    ExpressionAttributeValues: { ':v': { S: 'paged' } } }
  assert.deepEqual(await visit(paginateQuery({ client, pageSize: 9 }, index)), [...all].reverse())
  const scanned = await visit(paginateScan({ client, pageSize: 6 }, { TableName }))
  assert.deepEqual(scanned.sort((a, b) => a - b), all)
  const names = []
  for await (const page of paginateListTables({ client, pageSize: 1 }, {})) names.push(...page.TableNames)
  assert.ok(names.includes(TableName))
})

test('concurrent updates of one counter are all counted', async () => {
  await Promise.all(Array.from({ length: 100 }, () => client.send(new UpdateItemCommand({
    TableName, Key: key('counter', 1), UpdateExpression: 'ADD hits :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  }))))
  const got = await client.send(new GetItemCommand({ TableName, Key: key('counter', 1), ConsistentRead: true }))
  assert.equal(got.Item.hits.N, '100')
})

test('a request that is too large is an error with a name', async () => {
  const Item = { ...key('large', 1), s: { S: 'x'.repeat(17 << 20) } }
  await assert.rejects(client.send(new PutItemCommand({ TableName, Item })), (error) => {
    assert.equal(error.name, 'RequestEntityTooLargeException')
    assert.equal(error.$metadata.httpStatusCode, 413)
    return true
  })
})
