// SPDX-License-Identifier: Apache-2.0 OR MIT
//
// The orders that are known as axioms. Each is a table; nothing else of the program knows them.

#include "harness/order/order_table.h"

namespace shmspec::order {

const OrderTable& SequentialConsistency() {
  static const OrderTable kTable{
      .name = "sc",
      .about = "sequential consistency: threads take turns",
      .source =
          "Lamport, IEEE Transactions on Computers C-28 (1979); as axioms: Alglave, Maranget "
          "and Tautschnig, ACM TOPLAS 36 (2014)",
      .definitions = {},
      .axioms = {{"one order of everything", Must::kBeAcyclic, "po | rf | co | fr"},
                 {"atomicity", Must::kBeEmpty, "rmw & (fr & ext ; co & ext)"}}};
  return kTable;
}

const OrderTable& X86Tso() {
  static const OrderTable kTable{
      .name = "x86-tso",
      .about = "x86: loads may overtake earlier stores to other locations",
      .source =
          "Owens, Sarkar and Sewell, TPHOLs 2009; Sewell and others, Communications of the "
          "ACM 53 (2010); as axioms: Alglave, Maranget and Tautschnig, ACM TOPLAS 36 (2014)",
      .definitions = {{"kept", "([M] ; po ; [M]) \\ ([W] ; po ; [R])"},
                      {"fenced", "[M] ; po ; [F] ; po ; [M]"},
                      {"locked", "[W] ; po ; [R & X] | [W & X] ; po ; [R]"},
                      {"seen", "rf & ext | co | fr"}},
      .axioms = {{"order of one location", Must::kBeAcyclic, "po & loc | rf | co | fr"},
                 {"atomicity", Must::kBeEmpty, "rmw & (fr & ext ; co & ext)"},
                 {"order of everything", Must::kBeAcyclic, "kept | fenced | locked | seen"}}};
  return kTable;
}

const OrderTable& Rc11() {
  static const OrderTable kTable{
      .name = "rc11",
      .about = "C and C++ with the repairs of RC11",
      .source = "Lahav, Vafeiadis, Kang, Hur and Dreyer, PLDI 2017",
      .definitions = {{"same", "po & loc"},
                      {"other", "po \\ loc"},
                      {"after", "(rf | co | fr)+"},
                      {"sequence", "[W] ; same? ; [W & A] ; (rf ; rmw)*"},
                      {"sync",
                       "[REL] ; ([F] ; po)? ; sequence ; rf ; [R & A] ; (po ; [F])? ; [ACQ]"},
                      {"hb", "(po | sync)+"},
                      {"scb", "po | other ; hb ; other | hb & loc | co | fr"},
                      {"base", "([SC] | [F & SC] ; hb?) ; scb ; ([SC] | hb? ; [F & SC])"},
                      {"between_fences", "[F & SC] ; (hb | hb ; after ; hb) ; [F & SC]"}},
      .axioms = {{"coherence", Must::kBeIrreflexive, "hb ; after?"},
                 {"atomicity", Must::kBeEmpty, "rmw & (fr ; co)"},
                 {"order of what is sequentially consistent", Must::kBeAcyclic,
                  "base | between_fences"},
                 {"nothing out of thin air", Must::kBeAcyclic, "po | rf"}},
      .race = "([W] ; loc ; [M] | [M] ; loc ; [W]) & ext \\ ([A] ; loc ; [A]) \\ hb \\ hb^-1"};
  return kTable;
}

}  // namespace shmspec::order
