// The handlers of all routes, each in the file of its subject.
#pragma once

#include "messaging/http/call.h"

namespace parley::messaging {

// sign_in_routes.cc
Result<net::HttpReply> describe_sign_in(Call& call);
Result<net::HttpReply> list_sign_in_people(Call& call);
Result<net::HttpReply> sign_in(Call& call);

// people_routes.cc
Result<net::HttpReply> get_me(Call& call);
Result<net::HttpReply> change_me(Call& call);
Result<net::HttpReply> erase_me(Call& call);
Result<net::HttpReply> export_me(Call& call);
Result<net::HttpReply> get_unread(Call& call);
Result<net::HttpReply> get_user(Call& call);
Result<net::HttpReply> list_blocks(Call& call);
Result<net::HttpReply> block_user(Call& call);
Result<net::HttpReply> unblock_user(Call& call);

// conversation_routes.cc
Result<net::HttpReply> list_conversations(Call& call);
Result<net::HttpReply> make_conversation(Call& call);
Result<net::HttpReply> get_conversation(Call& call);
Result<net::HttpReply> rename_conversation(Call& call);
Result<net::HttpReply> change_settings(Call& call);
Result<net::HttpReply> mark_read(Call& call);
Result<net::HttpReply> set_typing(Call& call);

// member_routes.cc
Result<net::HttpReply> list_members(Call& call);
Result<net::HttpReply> invite_member(Call& call);
Result<net::HttpReply> change_member(Call& call);
Result<net::HttpReply> remove_member(Call& call);

// message_routes.cc
Result<net::HttpReply> list_messages(Call& call);
Result<net::HttpReply> send_message(Call& call);
Result<net::HttpReply> get_message(Call& call);
Result<net::HttpReply> edit_message(Call& call);
Result<net::HttpReply> delete_message(Call& call);
Result<net::HttpReply> add_reaction(Call& call);
Result<net::HttpReply> remove_reaction(Call& call);

// event_routes.cc
Result<net::HttpReply> stream_events(Call& call);

// original_routes.cc
Result<net::HttpReply> original_message_groups(Call& call);
Result<net::HttpReply> original_messages(Call& call);
Result<net::HttpReply> original_create_message(Call& call);
Result<net::HttpReply> original_user_short(Call& call);
Result<net::HttpReply> original_counter(Call& call);

// operator_routes.cc
Result<net::HttpReply> get_health(Call& call);
Result<net::HttpReply> get_metrics(Call& call);
Result<net::HttpReply> get_openapi(Call& call);

}  // namespace parley::messaging
