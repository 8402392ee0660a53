// SPDX-License-Identifier: Apache-2.0 OR MIT

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "harness/vocabulary/sha256.h"
#include "reports/plain_text.h"
#include "reports/record.h"

namespace shmspec::reports {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "shmspec-result/1";

/// A field that is not as it should be. Caught in ReadRecord and nowhere else.
struct Unreadable {
  std::string message;
};

/// A value of the document and the path to it.
class Node {
 public:
  Node(const Json& json, std::string path) : json_(&json), path_(std::move(path)) {}

  [[noreturn]] void Refuse(std::string_view expected) const {
    throw Unreadable{fmt::format("{}: expected {}, found {}", path_.empty() ? "the record" : path_,
                                 expected, json_->type_name())};
  }

  Node At(const char* key) const {
    if (!json_->is_object()) Refuse("an object");
    const auto at = json_->find(key);
    if (at == json_->end()) {
      throw Unreadable{fmt::format("{} is missing", PathTo(key))};
    }
    return {*at, PathTo(key)};
  }
  bool Has(const char* key) const { return json_->is_object() && json_->contains(key); }

  std::string Text() const {
    if (!json_->is_string()) Refuse("text");
    return json_->get<std::string>();
  }
  std::string Text(const char* key) const { return At(key).Text(); }
  std::string TextIfAny(const char* key) const { return Has(key) ? Text(key) : ""; }
  std::uint64_t Count(const char* key) const { return At(key).Count(); }
  std::uint64_t Count() const {
    if (!json_->is_number_unsigned()) Refuse("a whole number that is not negative");
    return json_->get<std::uint64_t>();
  }
  bool Truth(const char* key) const {
    const Node value = At(key);
    if (!value.json_->is_boolean()) value.Refuse("true or false");
    return value.json_->get<bool>();
  }
  double Seconds(const char* key) const {
    const Node value = At(key);
    if (!value.json_->is_number()) value.Refuse("a number");
    const double seconds = value.json_->get<double>();
    if (!std::isfinite(seconds) || seconds < 0) value.Refuse("a duration");
    return seconds;
  }
  template <class Enum>
  Enum Word(const char* key) const {
    const Node value = At(key);
    const auto word = FromName<Enum>(value.Text());
    if (!word) {
      throw Unreadable{fmt::format("{}: there is no \"{}\"", value.path_, Printable(value.Text()))};
    }
    return *word;
  }
  template <class Visit>
  void ForEachItem(Visit&& visit) const {
    if (!json_->is_array()) Refuse("a list");
    for (std::size_t i = 0; i < json_->size(); ++i) {
      visit(Node((*json_)[i], fmt::format("{}[{}]", path_, i)));
    }
  }
  template <class Visit>
  void ForEachMember(Visit&& visit) const {
    if (!json_->is_object()) Refuse("an object");
    for (const auto& [key, value] : json_->items()) visit(key, Node(value, PathTo(key)));
  }
  std::vector<std::string> Texts(const char* key) const {
    std::vector<std::string> texts;
    At(key).ForEachItem([&](const Node& item) { texts.push_back(item.Text()); });
    return texts;
  }
  std::vector<std::string> TextsIfAny(const char* key) const {
    return Has(key) ? Texts(key) : std::vector<std::string>{};
  }

 private:
  std::string PathTo(std::string_view key) const {
    return path_.empty() ? Printable(key) : fmt::format("{}.{}", path_, Printable(key));
  }

  const Json* json_;
  std::string path_;
};

void Read(const Node& node, Suite& suite) {
  suite.version = node.Text("version");
  suite.source_id = node.Text("source_id");
  suite.catalogue_sha256 = node.Text("catalogue_sha256");
  suite.compiler = node.At("build").Text("compiler");
  suite.linkage = node.At("build").Text("linkage");
}

void Read(const Node& node, RunFacts& run) {
  run.id = node.Text("id");
  run.argv = node.Texts("argv");
  run.seed = node.Text("seed");
  run.started = node.Text("started");
  run.duration_s = node.Seconds("duration_s");
  run.complete = node.Truth("complete");
  if (!run.complete) run.stop_reason = node.Text("stop_reason");
  run.shard_index = node.At("shard").Count("index");
  run.shard_count = node.At("shard").Count("count");
  run.profile = node.Text("profile");
  run.isolation = node.Text("isolation");
  run.jobs = node.Count("jobs");
  run.repeat = node.Count("repeat");
  run.timeout_ms = node.Count("timeout_ms");
  run.max_rounds = node.Count("max_rounds");
}

void Read(const Node& node, Subject& subject) {
  subject.kind = node.Text("kind");
  subject.name = node.Text("name");
  subject.version = node.Text("version");
  subject.target = node.Text("target");
  subject.machine = node.TextIfAny("machine");
  subject.libc = node.TextIfAny("libc");
  subject.container = node.TextIfAny("container");
}

void ReadEnvironment(const Node& node, Record& record) {
  record.fingerprint = node.Text("fingerprint");
  node.At("facts").ForEachMember([&](const std::string& name, const Node& fact) {
    record.facts.push_back({name, fact.Text("value"), fact.Text("source"), fact.Truth("stable")});
  });
  node.At("fidelity").ForEachItem([&](const Node& limit) {
    record.limits.push_back({limit.Text("code"), limit.Text("effect")});
  });
}

std::map<Status, std::uint64_t> CountsOf(const Node& node) {
  std::map<Status, std::uint64_t> counts;
  node.ForEachMember([&](const std::string& name, const Node& count) {
    const auto status = FromName<Status>(name);
    if (!status) throw Unreadable{fmt::format("there is no status \"{}\"", Printable(name))};
    counts[*status] = count.Count();
  });
  return counts;
}

void ReadSummary(const Node& node, Record& record) {
  record.conformant = node.Text("conformant");
  if (record.conformant != "yes" && record.conformant != "no" &&
      record.conformant != "undetermined") {
    node.At("conformant").Refuse("yes, no or undetermined");
  }
  record.counts = CountsOf(node.At("counts"));
  record.requirement_counts = CountsOf(node.At("requirements"));
  record.rounds = node.At("effort").Count("rounds");
  record.steps = node.At("effort").Count("steps");
}

RequirementEntry ReadRequirement(const std::string& id, const Node& node) {
  RequirementEntry entry;
  entry.id = id;
  entry.status = node.Word<Status>("status");
  entry.level = node.Word<Level>("level");
  entry.origin = node.Text("origin");
  entry.area = node.Text("area");
  entry.statement = node.Text("statement");
  entry.source = node.Text("source");
  entry.needs = node.Texts("needs");
  entry.divergence = node.Texts("divergence");
  entry.cases = node.Count("cases");
  entry.touched = node.Truth("touched");
  return entry;
}

Attempt ReadAttempt(const Node& node) {
  Attempt attempt;
  attempt.status = node.Word<Status>("status");
  attempt.duration_s = node.Seconds("duration_s");
  attempt.rounds = node.Count("rounds");
  attempt.steps = node.Count("steps");
  attempt.seed = node.TextIfAny("seed");
  attempt.cause = node.TextIfAny("cause");
  attempt.reason = node.TextIfAny("reason");
  attempt.excerpt = node.TextIfAny("excerpt");
  attempt.trace = node.TextIfAny("trace");
  attempt.residue = node.TextsIfAny("residue");
  if (!node.Has("objections")) return attempt;
  node.At("objections").ForEachItem([&](const Node& item) {
    Objection& objection = attempt.objections.emplace_back();
    objection.by = item.Text("by");
    objection.step = item.Has("step") ? item.Count("step") : 0;
    objection.seen = item.Text("seen");
    item.At("allowed").ForEachItem([&](const Node& one) {
      objection.allowed.push_back({one.Text("outcome"), one.TextIfAny("why")});
    });
  });
  return attempt;
}

Test ReadTest(const Node& node) {
  Test test;
  test.id = node.Text("id");
  node.At("requirements").ForEachItem([&](const Node& one) {
    test.requirements.emplace_back(one.Text("id"), one.Word<Status>("status"));
  });
  test.status = node.Word<Status>("status");
  test.judgement = node.At("judgement").Word<Judgement>("verdict");
  test.cause = node.TextIfAny("cause");
  test.reason = node.TextIfAny("reason");
  test.file = node.At("location").Text("file");
  test.line = node.At("location").Count("line");
  node.At("attempts").ForEachItem([&](const Node& attempt) {
    test.attempts.push_back(ReadAttempt(attempt));
  });
  test.observed = node.TextsIfAny("observed");
  if (!node.Has("repro")) return test;
  test.command = node.At("repro").Text("command");
  test.replay = node.At("repro").TextIfAny("replay");
  test.plan = node.At("repro").Text("plan");
  return test;
}

void CheckFormat(const Node& document) {
  if (!document.Has("format")) throw Unreadable{"is no record of shmspec: it names no format"};
  const std::string format = document.Text("format");
  if (format == kFormat) return;
  const bool ours = format.starts_with("shmspec-result/");
  throw Unreadable{fmt::format("is of format \"{}\" and this program reads {}{}", Printable(format),
                               kFormat,
                               ours ? "; use the shmspec that made it, or a newer one" : "")};
}

Record ReadDocument(const Node& document) {
  CheckFormat(document);
  Record record;
  Read(document.At("suite"), record.suite);
  Read(document.At("run"), record.run);
  ReadEnvironment(document.At("environment"), record);
  Read(document.At("subject"), record.subject);
  record.selection = document.At("selection").Text("expression");
  record.planned = document.At("selection").Count("planned");
  record.excluded = document.At("selection").Count("excluded");
  ReadSummary(document.At("summary"), record);
  document.At("areas").ForEachMember([&](const std::string& id, const Node& area) {
    record.areas.push_back({id, area.Text("title"), area.Text("chapter")});
  });
  document.At("requirements").ForEachMember([&](const std::string& id, const Node& entry) {
    record.requirements.push_back(ReadRequirement(id, entry));
  });
  std::sort(record.requirements.begin(), record.requirements.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  document.At("tests").ForEachItem(
      [&](const Node& test) { record.tests.push_back(ReadTest(test)); });
  return record;
}

/// `FILE:LINE:COLUMN` of a byte.
std::string Place(std::string_view text, std::size_t byte, const std::string& file) {
  const std::string_view before = text.substr(0, std::min(byte, text.size()));
  const std::size_t line_start = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  return fmt::format("{}:{}:{}", file, 1 + std::count(before.begin(), before.end(), '\n'),
                     before.size() - line_start + 1);
}

}  // namespace

Result<Record> ReadRecord(std::string_view text, const std::string& file) {
  try {
    const std::string valid = ValidUtf8(text);
    Record record;
    try {
      record = ReadDocument(Node(Json::parse(valid), ""));
    } catch (const Json::parse_error& error) {
      // Parse errors count bytes from 1 and point behind what they have read.
      const std::size_t byte = error.byte == 0 ? 0 : error.byte - 1;
      return Error{fmt::format(
          "{}: {}", Place(valid, byte, file),
          byte >= valid.size() ? "the record ends here, in the middle" : "this is not JSON")};
    }
    record.file = file;
    record.sha256 = Sha256(text);
    if (const std::string found = ContradictionIn(record); !found.empty()) {
      return Error{fmt::format("{}: contradicts itself: {}", file, Printable(found))};
    }
    return record;
  } catch (const Unreadable& unreadable) {
    return Error{fmt::format("{}: {}", file, unreadable.message)};
  }
}

}  // namespace shmspec::reports
