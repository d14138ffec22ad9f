#include "messaging/live/attendance.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace parley::messaging {
namespace {

bool is_recent(TimestampMicros at, TimestampMicros now) {
  constexpr std::chrono::microseconds kRecentTime = std::chrono::seconds(30);
  return at <= now && now - at <= kRecentTime.count();
}

}  // namespace

Attendance::Person* Attendance::find(std::string_view person) {
  const auto found = people_.find(person);
  return found == people_.end() ? nullptr : found->second.get();
}

bool Attendance::is_here(std::string_view person) const {
  const auto found = people_.find(person);
  return found != people_.end() && found->second->is_here;
}

Attendance::Connection* Attendance::find(ConnectionId connection) {
  const auto found = connections_.find(connection);
  return found == connections_.end() ? nullptr : found->second.get();
}

Attendance::Connection& Attendance::add(std::string_view id,
                                        const std::vector<std::string>& conversations,
                                        std::shared_ptr<EventSink> sink, TimestampMicros now,
                                        Arrival& arrival) {
  Person* person = find(id);
  if (person == nullptr) person = &come_online(id);
  arrival = {.here = !person->is_here};
  if (arrival.here) {
    person->is_here = true;
    ++here_;
    arrival.met = move_to(*person, conversations, now);
  }
  auto connection = std::make_unique<Connection>();
  connection->id = next_connection_++;
  connection->person = person;
  connection->sink = std::move(sink);
  person->connections.push_back(connection.get());
  Connection& added = *connection;
  connections_.emplace(added.id, std::move(connection));
  return added;
}

void Attendance::remove(ConnectionId id, TimestampMicros leaves_at) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Person& person = *found->second->person;
  std::erase(person.connections, found->second.get());
  connections_.erase(found);
  if (!person.connections.empty()) return;
  person.leaves_at = leaves_at;
  leaving_.emplace_back(leaves_at, person.id);
}

std::optional<Attendance::Departure> Attendance::take_departed(TimestampMicros now) {
  while (!leaving_.empty() && leaving_.front().first <= now) {
    const auto [leaves_at, id] = std::move(leaving_.front());
    leaving_.pop_front();
    Person* person = find(id);
    // Who has come back meanwhile stays, and who has gone again since leaves later.
    if (person == nullptr || !person->is_here || !person->connections.empty() ||
        person->leaves_at != leaves_at) {
      continue;
    }
    person->is_here = false;
    --here_;
    return depart(*person);
  }
  return std::nullopt;
}

Attendance::Arrival Attendance::arrive_elsewhere(std::string_view process, std::string_view id,
                                                 const std::vector<std::string>& conversations,
                                                 bool moves, TimestampMicros now) {
  Person* person = find(id);
  const bool came_online = person == nullptr;
  if (came_online) person = &come_online(id);
  if (std::ranges::find(person->elsewhere, process) == person->elsewhere.end()) {
    person->elsewhere.emplace_back(process);
  }
  Arrival arrival;
  if (came_online || (moves && !person->is_here))
    arrival.met = move_to(*person, conversations, now);
  return arrival;
}

std::optional<Attendance::Departure> Attendance::leave_elsewhere(std::string_view process,
                                                                 std::string_view id) {
  Person* person = find(id);
  if (person == nullptr || std::erase(person->elsewhere, process) == 0) return std::nullopt;
  return depart(*person);
}

Attendance::Person& Attendance::come_online(std::string_view id) {
  auto person = std::make_unique<Person>();
  person->id = id;
  return *people_.emplace(person->id, std::move(person)).first->second;
}

Attendance::Departure Attendance::depart(Person& person) {
  Departure departure{.person = person.id};
  if (person.is_here || !person.elsewhere.empty()) return departure;
  departure.offline = true;
  departure.company = company_of(person);
  while (!person.rooms.empty()) leave(person, *person.rooms.back());
  people_.erase(people_.find(departure.person));
  return departure;
}

/// Out of all other rooms. Returns who is company now and was not.
std::vector<Attendance::Person*> Attendance::move_to(Person& person,
                                                     std::vector<std::string> conversations,
                                                     TimestampMicros now) {
  for (const Membership& change : recent_) {
    if (change.person != person.id || !is_recent(change.at, now)) continue;
    std::erase(conversations, change.conversation);
    if (change.is_member) conversations.insert(conversations.begin(), change.conversation);
  }
  const std::vector<Person*> before = company_of(person);
  const std::vector<Room*> rooms = person.rooms;
  for (Room* room : rooms) {
    if (std::ranges::find(conversations, room->conversation) == conversations.end()) {
      leave(person, *room);
    }
  }
  for (const std::string& conversation : conversations) enter(person, conversation);
  const std::vector<Person*> after = company_of(person);
  std::vector<Person*> met;
  std::ranges::set_difference(after, before, std::back_inserter(met), {}, &Person::id, &Person::id);
  return met;
}

void Attendance::remember(std::string_view person, std::string_view conversation, bool is_member,
                          TimestampMicros now) {
  constexpr std::size_t kRecentMax = 2'000;
  while (!recent_.empty() &&
         (!is_recent(recent_.front().at, now) || recent_.size() >= kRecentMax)) {
    recent_.pop_front();
  }
  recent_.push_back({.person = std::string(person),
                     .conversation = std::string(conversation),
                     .is_member = is_member,
                     .at = now});
}

bool Attendance::enter_room(std::string_view id, std::string_view conversation) {
  Person* person = find(id);
  return person != nullptr && enter(*person, conversation);
}

void Attendance::leave_room(std::string_view id, std::string_view conversation) {
  Person* person = find(id);
  const auto room = rooms_.find(conversation);
  if (person != nullptr && room != rooms_.end()) leave(*person, *room->second);
}

bool Attendance::enter(Person& person, std::string_view conversation) {
  if (person.rooms.size() >= kRoomsOfPersonMax) return false;
  auto room = rooms_.find(conversation);
  if (room == rooms_.end()) {
    room = rooms_.emplace(std::string(conversation), std::make_unique<Room>()).first;
    room->second->conversation = conversation;
  }
  Room& entered = *room->second;
  if (std::ranges::find(person.rooms, &entered) != person.rooms.end()) return false;
  person.rooms.push_back(&entered);
  entered.people.push_back(&person);
  return true;
}

void Attendance::leave(Person& person, Room& room) {
  std::erase(person.rooms, &room);
  std::erase(room.people, &person);
  if (room.people.empty()) rooms_.erase(rooms_.find(room.conversation));
}

std::vector<Attendance::Person*> Attendance::company_of(const Person& person) const {
  std::vector<Person*> company;
  for (const Room* room : person.rooms) {
    for (Person* other : room->people) {
      if (other != &person) company.push_back(other);
    }
  }
  std::ranges::sort(company, {}, &Person::id);
  const auto twice = std::ranges::unique(company);
  company.erase(twice.begin(), twice.end());
  return company;
}

std::vector<Attendance::Person*> Attendance::people_in(std::string_view conversation) const {
  const auto room = rooms_.find(conversation);
  return room == rooms_.end() ? std::vector<Person*>{} : room->second->people;
}

void Attendance::for_audience(const KeptEvent& kept, const std::function<void(Person&)>& visit) {
  const auto visit_one = [&](std::string_view id) {
    if (Person* person = find(id)) visit(*person);
  };
  const LiveEvent& event = kept.event;
  if (event.audience == Audience::kPerson) {
    visit_one(event.person);
  } else if (people_.size() < kept.members->size()) {
    for (const auto& [id, person] : people_) {
      if (kept.is_for(id)) visit(*person);
    }
  } else {
    const bool also =
        event.audience == Audience::kMembersAndPerson && !contains(*kept.members, event.person);
    for (const std::string& id : *kept.members) {
      if (event.audience != Audience::kOtherMembers || id != event.person) visit_one(id);
    }
    if (also) visit_one(event.person);
  }
}

void Attendance::for_each_here(const std::function<void(const Person&)>& visit) const {
  for (const auto& [id, person] : people_) {
    if (person->is_here) visit(*person);
  }
}

void Attendance::for_each(const std::function<void(Connection&)>& visit) {
  for (const auto& [id, connection] : connections_) visit(*connection);
}

}  // namespace parley::messaging
