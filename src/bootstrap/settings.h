// What the conversation trigger reads from a Lambda function's environment.
#pragma once

#include <string>

#include "base/result.h"
#include "client/remote_database.h"
#include "messaging/conversation_trigger.h"
#include "net/aws_signature.h"

namespace parley::bootstrap {

struct Settings {
  client::RemoteDatabaseOptions database;
  messaging::ConversationTriggerOptions trigger;
};

/// TABLE_NAME (if unset, the table whose stream calls) and INDEX_NAME (the founding document's);
/// AWS_REGION; credentials as the AWS SDKs find them; AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL
/// instead of AWS's own endpoint of the region. Errors: kInvalidArgument that says what is missing.
[[nodiscard]] Result<Settings> settings_of(net::Environment environment);

}  // namespace parley::bootstrap
