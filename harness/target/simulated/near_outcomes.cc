// SPDX-License-Identifier: Apache-2.0 OR MIT

#include "harness/target/simulated/near_outcomes.h"

#include <cerrno>
#include <csignal>
#include <cstddef>

#include "harness/model/language/transition.h"
#include "harness/target/simulated/linux_chooser.h"
#include "harness/vocabulary/value/number.h"

namespace shmspec {
namespace {

using model::Clauses;
using model::Number;
using model::Scene;

void SetField(Outcome& outcome, std::size_t wanted, Number number) {
  std::visit(
      [&]<class R>(R& record) {
        std::size_t index = 0;
        ForEachField<R>([&](const auto& field) {
          if (index++ == wanted) SetOrdinal(record.*field.member, number);
        });
      },
      outcome);
}

/// Numbers at and around the edges of what a bound allows.
std::vector<Number> EdgesOf(const model::Bound& bound, const Scene& scene) {
  std::vector<Number> edges{bound.low - 1, bound.low,       bound.high, bound.high + 1,
                            bound.other,   bound.other + 1, 0};
  for (std::uint8_t i = 0; i < scene.setting().actors.size(); ++i) {
    edges.push_back(bound.IdShown(scene, i));
    edges.push_back(bound.IdShown(scene, i) + 1);
  }
  return edges;
}

}  // namespace

std::vector<Outcome> NearOutcomes(const Clauses& clauses, const Scene& scene, const Outcome& seen,
                                  const std::function<std::uint64_t(std::uint64_t)>& below) {
  LinuxChooser chooser;
  std::vector<Outcome> all{seen, model::Choose(clauses, scene, chooser), StrayWrite{}, Trouble{}};
  for (const int error : {EPERM, EINVAL, EIDRM, ENOSYS, 999}) all.push_back(Failure{{error}});
  for (const Gone& gone : {Gone{GoneHow::kExited, 0}, Gone{GoneHow::kKilled, SIGKILL},
                           Gone{GoneHow::kUnknown, 0}, Gone{GoneHow::kUnknown, 7}}) {
    all.push_back(gone);
  }
  for (const model::Refusal& refusal : clauses.refusals()) {
    all.push_back(Failure{{refusal.number}});
    all.push_back(Gone{refusal.how, refusal.number});
    for (const auto& entry : NamesOf<FaultCode>::kNames) {
      for (const std::int64_t offset : {std::int64_t{0}, refusal.offset, refusal.offset + 1}) {
        all.push_back(Fault{{refusal.number}, entry.value, offset});
      }
    }
  }
  const Outcome& base = all[below(2)];
  if (!Succeeded(base)) return all;
  std::vector<Outcome> altered;
  for (const model::Bound& bound : clauses.bounds()) {
    for (const Number edge : EdgesOf(bound, scene)) {
      SetField(altered.emplace_back(base), bound.field, edge);
    }
  }
  // Two fields at a time.
  for (std::size_t i = 0; i < 20 && !altered.empty(); ++i) {
    const model::Bound& bound = clauses.bounds()[below(clauses.bounds().size())];
    const std::vector<Number> edges = EdgesOf(bound, scene);
    SetField(altered.emplace_back(altered[below(altered.size())]), bound.field,
             edges[below(edges.size())]);
  }
  all.insert(all.end(), altered.begin(), altered.end());
  return all;
}

}  // namespace shmspec
