"""The exact sum of numbers, rounded once, as Python's ``math.fsum`` has it: in LLVM's text.

The algorithm is that of `math.fsum` (Shewchuk, Discrete & Computational Geometry 18, 1997): partial sums that do not
overlap, of which there are never more than 40 or so; each new number is added to all of them without error.
"""

FSUM = """
define internal double @fsum.noting(ptr %numbers, i64 %count, ptr %overflow) noinline {
entry:
  %partials = alloca [64 x double]
  %kept = alloca i64
  %sum = alloca double
  %special = alloca double
  %infinite = alloca double
  store i64 0, ptr %kept
  store double 0.0, ptr %special
  store double 0.0, ptr %infinite
  br label %numbers.next
numbers.next:
  %i = phi i64 [ 0, %entry ], [ %i.next, %numbers.done ]
  %is_last = icmp eq i64 %i, %count
  br i1 %is_last, label %total, label %number
number:
  %place = getelementptr double, ptr %numbers, i64 %i
  %x = load double, ptr %place
  store double %x, ptr %sum
  %before = load i64, ptr %kept
  store i64 0, ptr %kept
  br label %partials.next
partials.next:
  %j = phi i64 [ 0, %number ], [ %j.next, %partials.done ]
  %is_end = icmp eq i64 %j, %before
  br i1 %is_end, label %keep, label %partial
partial:
  %of = getelementptr double, ptr %partials, i64 %j
  %a = load double, ptr %sum
  %b = load double, ptr %of
  %a.size = call double @llvm.fabs.f64(double %a)
  %b.size = call double @llvm.fabs.f64(double %b)
  %is_smaller = fcmp olt double %a.size, %b.size
  %large = select i1 %is_smaller, double %b, double %a
  %small = select i1 %is_smaller, double %a, double %b
  %high = fadd double %large, %small
  %took = fsub double %high, %large
  %low = fsub double %small, %took
  store double %high, ptr %sum
  %is_inexact = fcmp une double %low, 0.0
  br i1 %is_inexact, label %rest, label %partials.done
rest:
  %n = load i64, ptr %kept
  %to = getelementptr double, ptr %partials, i64 %n
  store double %low, ptr %to
  %n.next = add i64 %n, 1
  store i64 %n.next, ptr %kept
  br label %partials.done
partials.done:
  %j.next = add i64 %j, 1
  br label %partials.next
keep:
  %s = load double, ptr %sum
  %is_something = fcmp une double %s, 0.0
  br i1 %is_something, label %check, label %numbers.done
check:
  %s.size = call double @llvm.fabs.f64(double %s)
  %is_finite = fcmp olt double %s.size, 0x7FF0000000000000
  br i1 %is_finite, label %append, label %not_finite
append:
  %m = load i64, ptr %kept
  %at = getelementptr double, ptr %partials, i64 %m
  store double %s, ptr %at
  %m.next = add i64 %m, 1
  store i64 %m.next, ptr %kept
  br label %numbers.done
not_finite:
  %x.size = call double @llvm.fabs.f64(double %x)
  %x.is_finite = fcmp olt double %x.size, 0x7FF0000000000000
  br i1 %x.is_finite, label %overflows, label %note
overflows:
  store i1 true, ptr %overflow
  ret double 0x7FF8000000000000
note:
  %x.is_infinite = fcmp oeq double %x.size, 0x7FF0000000000000
  %x.infinite = select i1 %x.is_infinite, double %x, double 0.0
  %infinite.old = load double, ptr %infinite
  %infinite.new = fadd double %infinite.old, %x.infinite
  store double %infinite.new, ptr %infinite
  %special.old = load double, ptr %special
  %special.new = fadd double %special.old, %x
  store double %special.new, ptr %special
  store i64 0, ptr %kept
  br label %numbers.done
numbers.done:
  %i.next = add i64 %i, 1
  br label %numbers.next
total:
  %special.sum = load double, ptr %special
  %is_special = fcmp une double %special.sum, 0.0
  br i1 %is_special, label %return_special, label %ordinary
return_special:
  ret double %special.sum
ordinary:
  %k = load i64, ptr %kept
  %is_none = icmp eq i64 %k, 0
  br i1 %is_none, label %nothing, label %top
nothing:
  ret double 0.0
top:
  %last = sub i64 %k, 1
  %top.place = getelementptr double, ptr %partials, i64 %last
  %top.number = load double, ptr %top.place
  br label %down
down:
  %left = phi i64 [ %last, %top ], [ %left.next, %below ]
  %hi = phi double [ %top.number, %top ], [ %hi.next, %below ]
  %is_bottom = icmp eq i64 %left, 0
  br i1 %is_bottom, label %exact, label %below
exact:
  ret double %hi
below:
  %left.next = sub i64 %left, 1
  %y.place = getelementptr double, ptr %partials, i64 %left.next
  %y = load double, ptr %y.place
  %hi.next = fadd double %hi, %y
  %y.took = fsub double %hi.next, %hi
  %lo = fsub double %y, %y.took
  %is_rest = fcmp une double %lo, 0.0
  br i1 %is_rest, label %round, label %down
round:
  %is_all = icmp eq i64 %left.next, 0
  br i1 %is_all, label %as_is, label %look
look:
  %next.index = sub i64 %left.next, 1
  %next.place = getelementptr double, ptr %partials, i64 %next.index
  %next = load double, ptr %next.place
  %next.sign = call double @llvm.copysign.f64(double 1.0, double %next)
  %lo.sign = call double @llvm.copysign.f64(double 1.0, double %lo)
  %is_same_side = fcmp oeq double %next.sign, %lo.sign
  %twice = fmul double %lo, 2.0
  %other = fadd double %hi.next, %twice
  %other.took = fsub double %other, %hi.next
  %is_tie = fcmp oeq double %other.took, %twice
  %is_up = and i1 %is_same_side, %is_tie
  %rounded = select i1 %is_up, double %other, double %hi.next
  ret double %rounded
as_is:
  ret double %hi.next
}

define internal double @fsum(ptr %numbers, i64 %count) {
  %overflow = alloca i1
  %sum = call double @fsum.noting(ptr %numbers, i64 %count, ptr %overflow)
  ret double %sum
}

define internal i1 @fsum.overflows(ptr %numbers, i64 %count) {
  %overflow = alloca i1
  store i1 false, ptr %overflow
  %sum = call double @fsum.noting(ptr %numbers, i64 %count, ptr %overflow)
  %is_overflow = load i1, ptr %overflow
  ret i1 %is_overflow
}
"""
