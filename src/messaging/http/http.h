// The messaging service over HTTP, on the port for people. The manual, in short.
//
//   app.h           what every route works with
//   app_handler.h   from a request to a reply: route, person, rate, handler, error
//   routes.h        the one table of routes
//   *_routes.cc     the handlers, by what they are about
//   call.h          a call as its handler sees it; json_body.h, views.h: JSON in and out
//   problem.h       errors as replies
//   web_files.h     the web app
//   openapi.json    the same API for programs; a test holds it against the table
//
// docs/messaging-api.md is the tour.
#pragma once

#include "messaging/http/app.h"
#include "messaging/http/app_handler.h"
