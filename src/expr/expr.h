// Expressions: condition, filter, key-condition, update and projection, from text to evaluators.
//
// Three stages, each with errors of its own: lexer + parser (text -> ast), binder (ast + the
// request's names and values -> bound expression; everything that can be found without an item is
// found here), evaluators (bound expression + ItemView -> answer). No JSON, no storage. The legacy
// parameters (Expected, AttributeUpdates, KeyConditions, …) are bound to the same evaluators
// (expr/legacy.h).
//
// Sources: …/developerguide/Expressions.html and its sub-pages; REFERENCE rules 3–14 for what AWS
// does where they are silent. Messages are DynamoDB's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/item.h"
#include "model/table.h"

namespace parley::expr {

/// Which parameter an expression came in; its name begins every error message
/// ("Invalid FilterExpression: …").
enum class ExpressionKind : std::uint8_t {
  kConditionExpression,
  kFilterExpression,
  kKeyConditionExpression,
  kUpdateExpression,
  kProjectionExpression,
};

/// ExpressionAttributeNames and ExpressionAttributeValues of one request (or of one member of a
/// transaction), and which of them its expressions have used. Not thread-safe. Borrows everything
/// it is given: names, values and their bytes must outlive it and every expression bound with it.
class Substitutions {
 public:
  /// `placeholder` with its '#' or ':'. Errors: kValidation for a malformed or empty placeholder
  /// ("ExpressionAttributeNames contains invalid key: Syntax error; key: \"x\"", …).
  [[nodiscard]] Status add_name(std::string_view placeholder, std::string_view attribute_name);
  [[nodiscard]] Status add_value(std::string_view placeholder, model::ValueView value);

  /// To be called once every expression is bound. Errors: kValidation "Value provided in
  /// ExpressionAttributeNames unused in expressions: keys: {…}" and the same for values.
  [[nodiscard]] Status check_all_used() const;

  [[nodiscard]] std::optional<std::string_view> use_name(std::string_view placeholder);
  [[nodiscard]] std::optional<model::ValueView> use_value(std::string_view placeholder);

 private:
  struct Name {
    std::string_view placeholder;
    std::string_view attribute_name;
    bool used = false;
  };
  struct Value {
    std::string_view placeholder;
    model::ValueView value;
    bool used = false;
  };
  /// Few entries are searched one by one; more get an order by placeholder at the first search.
  static constexpr std::size_t kScanMax = 16;
  template <class Entry>
  static Entry* find(std::vector<Entry>& entries, std::vector<std::uint32_t>& order,
                     std::string_view placeholder);

  std::vector<Name> names_;
  std::vector<Value> values_;
  std::vector<std::uint32_t> name_order_;
  std::vector<std::uint32_t> value_order_;
};

struct BoundCondition;   // expr/bound_condition.h
struct BoundUpdate;      // expr/bound_update.h
struct BoundProjection;  // expr/bound_projection.h

/// A bound condition or filter. Movable; immutable once made, so any thread may evaluate it.
/// Borrows the request's names and values (see Substitutions); the expression's text is copied.
class Condition {
 public:
  /// Errors: kValidation for everything DynamoDB refuses before it reads an item.
  [[nodiscard]] static Result<Condition> parse(ExpressionKind kind, std::string_view text,
                                               Substitutions& substitutions);
  explicit Condition(std::unique_ptr<const BoundCondition> bound);
  Condition(Condition&&) noexcept;
  Condition& operator=(Condition&&) noexcept;
  ~Condition();

  /// Whether `item` fulfils it; a missing item is the empty one.
  [[nodiscard]] bool evaluate(const model::MapView& item) const;

  /// The first of the key's attributes that the condition reads, or nullopt: a filter may not name
  /// any
  /// ("Filter Expression can only contain non-primary key attributes: Primary key attribute: …").
  [[nodiscard]] std::optional<std::string_view> first_key_attribute(
      const model::KeySchema& key) const;

  /// The same as an error: "Filter Expression can only contain non-primary key attributes: Primary
  /// key attribute: …", or "QueryFilter can only …" for a legacy filter.
  [[nodiscard]] Status check_no_key_attribute(const model::KeySchema& key) const;

  /// The first of the key's attributes that the condition reads below its top level, which no key
  /// attribute has ("Key attributes must be scalars; …"), or nullopt.
  [[nodiscard]] std::optional<std::string_view> first_nested_key_attribute(
      const model::KeySchema& key) const;

  /// The top-level attributes it reads, each once, in the order of their first mention: what an
  /// index must project for a filter to run on it.
  [[nodiscard]] std::vector<std::string_view> attribute_names() const;

 private:
  std::unique_ptr<const BoundCondition> bound_;
};

/// A bound list of paths. Same ownership and threads as Condition.
class Projection {
 public:
  [[nodiscard]] static Result<Projection> parse(std::string_view text,
                                                Substitutions& substitutions);
  /// Legacy AttributesToGet: top-level names only. Errors: kValidation for a name given twice.
  [[nodiscard]] static Result<Projection> from_attribute_names(
      const std::vector<std::string_view>& names);
  explicit Projection(std::unique_ptr<const BoundProjection> bound);
  Projection(Projection&&) noexcept;
  Projection& operator=(Projection&&) noexcept;
  ~Projection();

  /// The parts of `item` the paths name, inside their hierarchy; list elements close up. Appends a
  /// whole encoded item to `out`.
  void project(const model::MapView& item, std::string& out) const;

  /// The top-level attributes the paths begin with, each once.
  [[nodiscard]] std::vector<std::string_view> attribute_names() const;

  /// As Condition::first_nested_key_attribute.
  [[nodiscard]] std::optional<std::string_view> first_nested_key_attribute(
      const model::KeySchema& key) const;

 private:
  std::unique_ptr<const BoundProjection> bound_;
};

/// A bound update. Same ownership and threads as Condition.
class Update {
 public:
  [[nodiscard]] static Result<Update> parse(std::string_view text, Substitutions& substitutions);
  explicit Update(std::unique_ptr<const BoundUpdate> bound);
  Update(Update&&) noexcept;
  Update& operator=(Update&&) noexcept;
  ~Update();

  /// Errors: kValidation when an action touches a key attribute ("One or more parameter values were
  /// invalid: Cannot update attribute …. This attribute is part of the key").
  [[nodiscard]] Status check_key(const model::KeySchema& key) const;

  /// The first of the key's attributes that the update reads or writes below its top level, or
  /// nullopt: for index keys, which take scalars only ("Key attributes must be scalars; list random
  /// access '[]' and map lookup '.' are not allowed: IndexKey: …").
  [[nodiscard]] std::optional<std::string_view> first_nested_key_attribute(
      const model::KeySchema& key) const;

  /// The type the update gives the top-level `attribute` whatever the item is, or nullopt: index
  /// keys are checked against it before the item is read.
  [[nodiscard]] std::optional<model::AttributeType> static_type_of(
      std::string_view attribute) const;

  /// True when all actions are REMOVE or DELETE: on a missing item such an update creates nothing.
  [[nodiscard]] bool only_removes() const;

  /// The item after the update. `old_item` is the stored item or, where there is none
  /// (`item_exists` false), one of its key attributes only; every read in the expression sees it.
  /// Errors: kValidation (an invalid document path, operand types, a number out of range, nesting,
  /// …). The result's size and index keys are the caller's to check.
  [[nodiscard]] Result<model::Item> apply(const model::MapView& old_item, bool item_exists) const;

  /// What DynamoDB charges UpdateItem's own size limit for, given the item after the update: the
  /// top-level attributes that SET and ADD write, 3 bytes for the update, 19 for each SET and ADD
  /// (20 through a list's index) and 2 for each REMOVE and DELETE. Source: measured on AWS by
  /// github.com/paritysuite/dynamodb-conformance (limits/itemSizeBySurface). Zero for
  /// AttributeUpdates, which nobody has measured.
  [[nodiscard]] std::size_t written_size_bytes(const model::MapView& updated) const;

  /// For UPDATED_OLD (`item` = the old one) and UPDATED_NEW (the new one): the leaves at the paths
  /// of the update inside their hierarchy; nullopt when nothing is there.
  [[nodiscard]] std::optional<model::Item> updated_parts(const model::MapView& item) const;

 private:
  std::unique_ptr<const BoundUpdate> bound_;
};

enum class RangeOperator : std::uint8_t {
  kEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBetween,     // both ends inclusive
  kBeginsWith,  // S and B only
};

struct RangeCondition {
  RangeOperator op = RangeOperator::kEqual;
  model::ValueView first;
  model::ValueView second;  // kBetween only
};

/// Key conditions resolved against a key schema: one value for each HASH attribute, and conditions
/// for a left prefix of the RANGE attributes (all but the last are kEqual).
struct KeyConditions {
  std::vector<model::ValueView> hash;
  std::vector<RangeCondition> range;
};

/// A parsed KeyConditionExpression: which attribute is compared how. Resolved against the schema of
/// the table or index in a second step, since its errors come after the table lookup.
class KeyCondition {
 public:
  struct Term {
    std::string attribute;
    RangeOperator op = RangeOperator::kEqual;
    model::ValueView first;
    model::ValueView second;
    bool indexable = true;  // false: a legacy operator that no key takes; resolve refuses it
  };
  /// Errors: kValidation for what is no expression at all; whether it is a condition on keys is
  /// check_form()'s, for DynamoDB looks at the request's other expressions first.
  [[nodiscard]] static Result<KeyCondition> parse(std::string_view text,
                                                  Substitutions& substitutions);
  explicit KeyCondition(std::vector<Term> terms) : terms_(std::move(terms)) {}

  /// Errors: kValidation for an operator or a nesting that key conditions do not take, or two
  /// conditions on one attribute.
  [[nodiscard]] const Status& check_form() const { return form_; }

  /// Errors: those of check_form(); kValidation: "Query condition missed key schema element: …", a
  /// type that is not the schema's, an operator a HASH attribute does not take, an empty key value,
  /// ….
  [[nodiscard]] Result<KeyConditions> resolve(const model::KeySchema& key) const;

  [[nodiscard]] const std::vector<Term>& terms() const { return terms_; }

 private:
  std::vector<Term> terms_;
  Status form_;
};

}  // namespace parley::expr
