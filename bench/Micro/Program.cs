using BenchmarkDotNet.Running;

// dotnet run -c Release --project bench/Micro -- --filter '*' --inProcess [--job short]
// In this process: a project that BenchmarkDotNet makes for itself would take over the rules of this tree.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
