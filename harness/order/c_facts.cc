// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// Published verdicts on tests in C. The first column is what sequential consistency says of them.

#include "harness/order/fact_tables.h"

namespace shmspec::order {
namespace {

constexpr std::string_view kBatty =
    "Batty, Owens, Sarkar, Sewell and Weber, Mathematizing C++ Concurrency, POPL 2011; unchanged "
    "in Lahav and others, PLDI 2017";
constexpr std::string_view kLahav =
    "Lahav, Vafeiadis, Kang, Hur and Dreyer, Repairing Sequential Consistency in C/C++11, PLDI "
    "2017";

/// What C says is in the last column of verdicts.
constexpr Verdicts Says(Verdict sc, Verdict rc11) { return {.sc = sc, .rc11 = rc11}; }

constexpr Verdict F = Verdict::kForbidden;
constexpr Verdict A = Verdict::kAllowed;
constexpr Verdict U = Verdict::kUndefined;

}  // namespace

std::vector<Fact> FactsInC() {
  return {
      {"SB+rlx", "x=1.rlx; r0=y.rlx | y=1.rlx; r1=x.rlx", "r0=0 r1=0", Says(F, A), kBatty},
      {"SB+rel+acq", "x=1.rel; r0=y.acq | y=1.rel; r1=x.acq", "r0=0 r1=0", Says(F, A), kBatty},
      {"SB+sc", "x=1.sc; r0=y.sc | y=1.sc; r1=x.sc", "r0=0 r1=0", Says(F, F), kBatty},
      {"SB+sc+rlx", "x=1.sc; r0=y.rlx | y=1.sc; r1=x.rlx", "r0=0 r1=0", Says(F, A), kBatty},
      {"SB+rlx+scfences", "x=1.rlx; fence.sc; r0=y.rlx | y=1.rlx; fence.sc; r1=x.rlx", "r0=0 r1=0",
       Says(F, F), kBatty},
      {"SB+rlx+arfences", "x=1.rlx; fence.ar; r0=y.rlx | y=1.rlx; fence.ar; r1=x.rlx", "r0=0 r1=0",
       Says(F, A), kBatty},
      {"3.SB+sc", "x=1.sc; r0=y.sc | y=1.sc; r1=z.sc | z=1.sc; r2=x.sc", "r0=0 r1=0 r2=0",
       Says(F, F), kBatty},
      {"MP+rlx", "x=1.rlx; y=1.rlx | r0=y.rlx; r1=x.rlx", "r0=1 r1=0", Says(F, A), kBatty},
      {"MP+rel+acq", "x=1.rlx; y=1.rel | r0=y.acq; r1=x.rlx", "r0=1 r1=0", Says(F, F), kBatty},
      {"MP+rel+rlx", "x=1.rlx; y=1.rel | r0=y.rlx; r1=x.rlx", "r0=1 r1=0", Says(F, A), kBatty},
      {"MP+rlx+acq", "x=1.rlx; y=1.rlx | r0=y.acq; r1=x.rlx", "r0=1 r1=0", Says(F, A), kBatty},
      {"MP+sc", "x=1.sc; y=1.sc | r0=y.sc; r1=x.sc", "r0=1 r1=0", Says(F, F), kBatty},
      {"MP+relfence+acqfence", "x=1.rlx; fence.rel; y=1.rlx | r0=y.rlx; fence.acq; r1=x.rlx",
       "r0=1 r1=0", Says(F, F), kBatty},
      {"MP+relfence+acq", "x=1.rlx; fence.rel; y=1.rlx | r0=y.acq; r1=x.rlx", "r0=1 r1=0",
       Says(F, F), kBatty},
      {"MP+rel+acqfence", "x=1.rlx; y=1.rel | r0=y.rlx; fence.acq; r1=x.rlx", "r0=1 r1=0",
       Says(F, F), kBatty},
      {"MP+scfences", "x=1.rlx; fence.sc; y=1.rlx | r0=y.rlx; fence.sc; r1=x.rlx", "r0=1 r1=0",
       Says(F, F), kBatty},
      {"MP+acqfence+relfence", "x=1.rlx; fence.acq; y=1.rlx | r0=y.rlx; fence.rel; r1=x.rlx",
       "r0=1 r1=0", Says(F, A), kBatty},
      {"MP+sequence", "x=1.rlx; y=1.rel; y=2.rlx | r0=y.acq; r1=x.rlx", "r0=2 r1=0", Says(F, F),
       kLahav},
      {"MP+rmw", "x=1.rlx; y=1.rel | r0=add(y,1).rlx | r1=y.acq; r2=x.rlx", "r0=1 r1=2 r2=0",
       Says(F, F), kBatty},
      {"MP+other", "x=1.rlx; y=1.rel | y=2.rlx | r0=y.acq; r1=x.rlx", "r0=2 r1=0", Says(A, A),
       kBatty},
      {"MP+na+rel+acq", "x=1.na; y=1.rel | r0=y.acq; r1=x.na", "r0=1 r1=0", Says(F, U), kBatty},
      {"MP+na+rlx", "x=1.na; y=1.rlx | r0=y.rlx; r1=x.na", "r0=1 r1=0", Says(F, U), kBatty},
      {"LB+rlx", "r0=x.rlx; y=1.rlx | r1=y.rlx; x=1.rlx", "r0=1 r1=1", Says(F, F), kLahav},
      {"LB+rel+acq", "r0=x.acq; y=1.rel | r1=y.acq; x=1.rel", "r0=1 r1=1", Says(F, F), kBatty},
      {"LB+sc", "r0=x.sc; y=1.sc | r1=y.sc; x=1.sc", "r0=1 r1=1", Says(F, F), kBatty},
      {"LB+datas", "r0=x.rlx; y=r0.rlx | r1=y.rlx; x=r1.rlx", "r0=1 r1=1", Says(F, F), kLahav},
      {"S+rlx", "x=2.rlx; y=1.rlx | r0=y.rlx; x=1.rlx", "r0=1 x=2", Says(F, A), kBatty},
      {"S+rel+acq", "x=2.rlx; y=1.rel | r0=y.acq; x=1.rlx", "r0=1 x=2", Says(F, F), kBatty},
      {"R+rlx", "x=1.rlx; y=1.rlx | y=2.rlx; r0=x.rlx", "r0=0 y=2", Says(F, A), kBatty},
      {"R+rel+acq", "x=1.rel; y=1.rel | y=2.rel; r0=x.acq", "r0=0 y=2", Says(F, A), kBatty},
      {"R+sc", "x=1.sc; y=1.sc | y=2.sc; r0=x.sc", "r0=0 y=2", Says(F, F), kBatty},
      {"R+scfences", "x=1.rlx; fence.sc; y=1.rlx | y=2.rlx; fence.sc; r0=x.rlx", "r0=0 y=2",
       Says(F, F), kLahav},
      {"2+2W+rlx", "x=2.rlx; y=1.rlx | y=2.rlx; x=1.rlx", "x=2 y=2", Says(F, A), kBatty},
      {"2+2W+rel", "x=2.rel; y=1.rel | y=2.rel; x=1.rel", "x=2 y=2", Says(F, A), kBatty},
      {"2+2W+sc", "x=2.sc; y=1.sc | y=2.sc; x=1.sc", "x=2 y=2", Says(F, F), kBatty},
      {"2+2W+scfences", "x=2.rlx; fence.sc; y=1.rlx | y=2.rlx; fence.sc; x=1.rlx", "x=2 y=2",
       Says(F, F), kLahav},
      {"CoRR+rlx", "x=1.rlx | r0=x.rlx; r1=x.rlx", "r0=1 r1=0", Says(F, F), kBatty},
      {"CoWW+rlx", "x=1.rlx; x=2.rlx", "x=1", Says(F, F), kBatty},
      {"CoWR+rlx", "x=1.rlx; r0=x.rlx | x=2.rlx", "r0=2 x=1", Says(F, F), kBatty},
      {"CoRW+rlx", "r0=x.rlx; x=1.rlx | x=2.rlx", "r0=2 x=2", Says(F, F), kBatty},
      {"INC+rlx", "add(x,1).rlx | add(x,1).rlx", "x=1", Says(F, F), kBatty},
      {"SWAP+rlx", "r0=swap(x,1).rlx | r1=swap(x,2).rlx", "r0=0 r1=0", Says(F, F), kBatty},
      {"WRC+rlx", "x=1.rlx | r0=x.rlx; y=1.rlx | r1=y.rlx; r2=x.rlx", "r0=1 r1=1 r2=0", Says(F, A),
       kBatty},
      {"WRC+rel+acq", "x=1.rlx | r0=x.rlx; y=1.rel | r1=y.acq; r2=x.rlx", "r0=1 r1=1 r2=0",
       Says(F, F), kBatty},
      {"ISA2+rlx", "x=1.rlx; y=1.rlx | r0=y.rlx; z=1.rlx | r1=z.rlx; r2=x.rlx", "r0=1 r1=1 r2=0",
       Says(F, A), kBatty},
      {"ISA2+rel+acq", "x=1.rlx; y=1.rel | r0=y.acq; z=1.rel | r1=z.acq; r2=x.rlx",
       "r0=1 r1=1 r2=0", Says(F, F), kBatty},
      {"RWC+rlx", "x=1.rlx | r0=x.rlx; r1=y.rlx | y=1.rlx; r2=x.rlx", "r0=1 r1=0 r2=0", Says(F, A),
       kBatty},
      {"RWC+rel+acq", "x=1.rel | r0=x.acq; r1=y.acq | y=1.rel; r2=x.acq", "r0=1 r1=0 r2=0",
       Says(F, A), kBatty},
      {"RWC+sc", "x=1.sc | r0=x.sc; r1=y.sc | y=1.sc; r2=x.sc", "r0=1 r1=0 r2=0", Says(F, F),
       kBatty},
      {"RWC+scfences", "x=1.rlx | r0=x.rlx; fence.sc; r1=y.rlx | y=1.rlx; fence.sc; r2=x.rlx",
       "r0=1 r1=0 r2=0", Says(F, F), kLahav},
      {"W+RWC+scfences",
       "x=1.rlx; y=1.rel | r0=y.acq; fence.sc; r1=z.rlx | z=1.rlx; fence.sc; r2=x.rlx",
       "r0=1 r1=0 r2=0", Says(F, F), kLahav},
      {"W+RWC+sc+rel+acq", "x=1.sc; y=1.rel | r0=y.acq; r1=z.sc | z=1.sc; r2=x.sc",
       "r0=1 r1=0 r2=0", Says(F, F), kLahav},
      {"IRIW+rlx", "x=1.rlx | r0=x.rlx; r1=y.rlx | y=1.rlx | r2=y.rlx; r3=x.rlx",
       "r0=1 r1=0 r2=1 r3=0", Says(F, A), kBatty},
      {"IRIW+rel+acq", "x=1.rel | r0=x.acq; r1=y.acq | y=1.rel | r2=y.acq; r3=x.acq",
       "r0=1 r1=0 r2=1 r3=0", Says(F, A), kBatty},
      {"IRIW+sc", "x=1.sc | r0=x.sc; r1=y.sc | y=1.sc | r2=y.sc; r3=x.sc", "r0=1 r1=0 r2=1 r3=0",
       Says(F, F), kBatty},
      {"IRIW+acq+sc", "x=1.sc | r0=x.acq; r1=y.sc | y=1.sc | r2=y.acq; r3=x.sc",
       "r0=1 r1=0 r2=1 r3=0", Says(F, A), kLahav},
      {"IRIW+scfences",
       "x=1.rlx | r0=x.rlx; fence.sc; r1=y.rlx | y=1.rlx | r2=y.rlx; fence.sc; r3=x.rlx",
       "r0=1 r1=0 r2=1 r3=0", Says(F, F), kLahav},
      {"Z6.U", "x=1.sc; y=1.rel | r0=add(y,1).sc; r1=y.rlx | y=3.sc; r2=x.sc", "r0=1 r1=3 r2=0",
       Says(F, A), kLahav},
  };
}

}  // namespace shmspec::order
