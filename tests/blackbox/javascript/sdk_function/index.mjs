// A function of Node with the SDK as its author would write it: no endpoint, no region, no keys.
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";

const database = new DynamoDBClient({});
const documents = DynamoDBDocumentClient.from(database);
const functions = new LambdaClient({});

export const handler = async ({ table, text }, context) => {
  await documents.send(new PutCommand({ TableName: table, Item: { pk: "sdk", text, count: 3 } }));
  const { Item: item } = await database.send(
    new GetItemCommand({ TableName: table, Key: { pk: { S: "sdk" } } }));
  const { Functions: listed } = await functions.send(new ListFunctionsCommand({}));
  return { item, knowsItself: listed.some((each) => each.FunctionName === context.functionName) };
};
