// The AWS SDK for JavaScript v3's DocumentClient: plain JavaScript values in and out.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand, BatchWriteCommand, DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand,
  ScanCommand, TransactGetCommand, TransactWriteCommand, UpdateCommand, paginateQuery,
} from '@aws-sdk/lib-dynamodb'

const client = new DynamoDBClient({
  endpoint: process.env.ENDPOINT, region: 'us-east-1', maxAttempts: 1,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
})
const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } })
const TableName = 'Documents'

before(async () => {
  await client.send(new CreateTableCommand({
    TableName, BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }, { AttributeName: 'sk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }],
  }))
})

after(async () => {
  await client.send(new DeleteTableCommand({ TableName }))
  client.destroy()
})

test('a document survives', async () => {
  const Item = { pk: 'doc', sk: '1', text: 'x', number: -1.25, list: [1, 'a', null, [true]], map: { deep: { er: [] } },
    strings: new Set(['a', 'b']), numbers: new Set([1, 2]), bytes: new Uint8Array([1, 2, 3]), empty: '' }
  await documents.send(new PutCommand({ TableName, Item }))
  assert.deepEqual((await documents.send(new GetCommand({ TableName, Key: { pk: 'doc', sk: '1' } }))).Item, Item)
})

test('update and delete return what was asked for', async () => {
  const Key = { pk: 'upd', sk: '1' }
  const made = await documents.send(new UpdateCommand({
    TableName, Key, UpdateExpression: 'SET #l = list_append(if_not_exists(#l, :none), :one), n = :n',
    ExpressionAttributeNames: { '#l': 'list' }, ExpressionAttributeValues: { ':none': [], ':one': ['a'], ':n': 1 },
    ReturnValues: 'ALL_NEW',
  }))
  assert.deepEqual(made.Attributes, { ...Key, list: ['a'], n: 1 })
  const gone = await documents.send(new DeleteCommand({ TableName, Key, ReturnValues: 'ALL_OLD' }))
  assert.deepEqual(gone.Attributes, made.Attributes)
})

test('query, scan and batches', async () => {
  const sks = Array.from({ length: 10 }, (_, at) => `k${at}`)
  await documents.send(new BatchWriteCommand({
    RequestItems: { [TableName]: sks.map((sk) => ({ PutRequest: { Item: { pk: 'many', sk } } })) },
  }))
  const newest = await documents.send(new QueryCommand({
    TableName, KeyConditionExpression: 'pk = :p AND sk > :s', ExpressionAttributeValues: { ':p': 'many', ':s': 'k4' },
    ScanIndexForward: false, Limit: 2,
  }))
  assert.deepEqual(newest.Items.map((item) => item.sk), ['k9', 'k8'])
  assert.deepEqual(newest.LastEvaluatedKey, { pk: 'many', sk: 'k8' })
  const seen = []
  const pages = paginateQuery({ client: documents, pageSize: 3 }, {
    TableName, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'many' },
  })
  for await (const page of pages) seen.push(...page.Items.map((item) => item.sk))
  assert.deepEqual(seen, sks)
  const scanned = await documents.send(new ScanCommand({
    TableName, FilterExpression: 'pk = :p AND sk IN (:a, :b)',
    ExpressionAttributeValues: { ':p': 'many', ':a': 'k1', ':b': 'k2' },
  }))
  assert.equal(scanned.Count, 2)
  const got = await documents.send(new BatchGetCommand({
    RequestItems: { [TableName]: { Keys: [{ pk: 'many', sk: 'k0' }, { pk: 'many', sk: 'nope' }] } },
  }))
  assert.deepEqual(got.Responses[TableName], [{ pk: 'many', sk: 'k0' }])
})

test('transactions write and read together', async () => {
  await documents.send(new TransactWriteCommand({
    ClientRequestToken: 'document-token',
    TransactItems: [
      { Put: { TableName, Item: { pk: 'tx', sk: 'a', n: 1 } } },
      { Update: { TableName, Key: { pk: 'tx', sk: 'b' }, UpdateExpression: 'SET n = :n',
        ExpressionAttributeValues: { ':n': 2 } } },
      { ConditionCheck: { TableName, Key: { pk: 'tx', sk: 'c' }, ConditionExpression: 'attribute_not_exists(pk)' } },
    ],
  }))
  const got = await documents.send(new TransactGetCommand({
    TransactItems: ['a', 'b', 'c'].map((sk) => ({ Get: { TableName, Key: { pk: 'tx', sk } } })),
  }))
  assert.deepEqual(got.Responses.map((answer) => answer.Item?.n), [1, 2, undefined])
  await assert.rejects(
    documents.send(new TransactWriteCommand({
      TransactItems: [{ Put: { TableName, Item: { pk: 'tx', sk: 'a' }, ConditionExpression: 'n > :n',
        ExpressionAttributeValues: { ':n': 5 }, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } }],
    })),
    (error) => {
      assert.equal(error.name, 'TransactionCanceledException')
      assert.equal(error.CancellationReasons[0].Code, 'ConditionalCheckFailed')
      assert.deepEqual(error.CancellationReasons[0].Item.n, { N: '1' })
      return true
    })
})
